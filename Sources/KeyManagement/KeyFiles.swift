import Cryptography
import Glibc

/// Small key files: written whole, synced, put in place by a rename.
enum KeyFiles {
    static let maximumCount = 1 << 30

    /// Writes a file that must not exist yet, synced with its directory.
    static func create(_ content: UnsafeRawBufferPointer, at path: String) throws(KeyError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? KeyError(.alreadyThere, at: path, hint: "a file of this name exists already")
                : notWritable(path)
        }
        defer { close(descriptor) }
        guard writeAll(content, to: descriptor), fsync(descriptor) == 0 else {
            throw notWritable(path)
        }
        try syncDirectory(of: path)
    }

    /// Writes a file that must not exist yet, synced with its directory.
    static func create(_ content: [UInt8], at path: String) throws(KeyError) {
        try content.withUnsafeBufferPointer { bytes throws(KeyError) in
            try create(UnsafeRawBufferPointer(bytes), at: path)
        }
    }

    /// Puts new content in a file's place: at any moment the old or the new is there, whole. The old
    /// content is overwritten before its blocks are let go.
    static func replace(_ content: [UInt8], at path: String) throws(KeyError) {
        try prepare(content, inPlaceOf: path)
        // The old file keeps a name, so that a crash leaves no block that nobody can find again.
        guard link(path, path + oldSuffix) == 0 || errno == ENOENT else { throw notWritable(path) }
        try putPrepared(at: path)
        try destroyLeftovers(of: path)
    }

    /// Writes what is to take a file's place beside it, synced; the file itself stays as it is.
    static func prepare(_ content: [UInt8], inPlaceOf path: String) throws(KeyError) {
        try destroyLeftovers(of: path)
        try create(content, at: path + nextSuffix)
    }

    /// Puts what was prepared in a file's place, by a rename. The old content isn't overwritten.
    static func putPrepared(at path: String) throws(KeyError) {
        guard rename(path + nextSuffix, path) == 0 else { throw notWritable(path) }
        try syncDirectory(of: path)
    }

    /// Destroys what a replacement that a crash cut short has left beside a file.
    static func destroyLeftovers(of path: String) throws(KeyError) {
        for leftover in [path + nextSuffix, path + oldSuffix] where access(leftover, F_OK) == 0 {
            // Two names of one file, where the crash came before the rename: it is the live one.
            if !isSameFile(leftover, path) { try overwrite(leftover) }
            guard unlink(leftover) == 0 else { throw notWritable(leftover) }
            try syncDirectory(of: path)
        }
    }

    /// The file system that a path lies on; `nil`: nothing is there.
    static func fileSystem(of path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_dev) : nil
    }

    /// Destroys a file, if it is there, and what a replacement of it has left: overwritten before its blocks
    /// are let go.
    static func destroy(_ path: String) throws(KeyError) {
        try destroyLeftovers(of: path)
        guard access(path, F_OK) == 0 else { return }
        try overwrite(path)
        guard unlink(path) == 0 else { throw notWritable(path) }
        try syncDirectory(of: path)
    }

    private static let nextSuffix = ".new"
    private static let oldSuffix = ".old"

    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        return lstat(first, &one) == 0 && lstat(second, &other) == 0
            && one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Overwrites a file with random bytes, in place, and syncs it.
    private static func overwrite(_ path: String) throws(KeyError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw notWritable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= maximumCount
        else { throw notWritable(path) }
        let noise: [UInt8]
        do throws(CryptographyError) {
            noise = try SecureRandom.bytes(count: Int(status.st_size))
        } catch {
            throw KeyError(error, at: path)
        }
        guard noise.withUnsafeBytes({ writeAll($0, to: descriptor) }), fsync(descriptor) == 0
        else { throw notWritable(path) }
    }

    /// The content of a file; `nil` if there is none.
    static func read(_ path: String) throws(KeyError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw unreadable(path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= maximumCount
        else { throw unreadable(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw KeyError(
                .keyFileExposed, at: path, hint: "others may read it: run `chmod 0600 \(path)`")
        }
        // A failed fsync may have left pages that read back but are not on disk.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        var content = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < content.count {
            let got = content.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            if got == 0 { break }
            guard got > 0 else { throw unreadable(path) }
            count += got
        }
        content.removeLast(content.count - count)
        return content
    }

    static func writeAll(_ content: UnsafeRawBufferPointer, to descriptor: CInt) -> Bool {
        var written = 0
        while written < content.count {
            let count = write(
                descriptor, content.baseAddress! + written, content.count - written)
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    static func syncDirectory(of path: String) throws(KeyError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(
            directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw notWritable(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw notWritable(path) }
    }

    private static func notWritable(_ path: String) -> KeyError {
        KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
    }

    private static func unreadable(_ path: String) -> KeyError {
        KeyError(.keyringDamaged, at: path, hint: String(cString: strerror(errno)))
    }
}
