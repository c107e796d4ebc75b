import Glibc

/// A directory of parts (0700, of the daemon's user).
public struct BackupDirectory: BackupDestination {
    private static let partialSuffix = ".partial"
    private static let maximumNames = 100_000

    /// The directory, from the root.
    public let path: String
    /// Directories that it may not lie in: those of the state and of the keys.
    private let forbidden: [String]

    /// Names a directory; whether it can be used shows in ``check()``.
    public init(path: String, outside forbidden: [String] = []) {
        self.path = path
        self.forbidden = forbidden
    }

    /// The path.
    public var name: String { path }

    /// Throws unless it is there, belongs to this user, and nobody else may look into it.
    public func check() throws(BackupFailure) {
        guard path.hasPrefix("/") else {
            throw unusable("name it by its path from the root")
        }
        guard let real = realpath(path, nil) else {
            throw unusable("make it: `install -d -m 0700 \(path)`, as the daemon's user")
        }
        defer { free(real) }
        let resolved = String(cString: real) + "/"
        guard !forbidden.contains(where: { resolved.hasPrefix($0 + "/") }) else {
            throw unusable("it lies among the state or the keys: choose another place")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw unusable("it is no directory")
        }
        guard status.st_uid == geteuid() else {
            throw unusable("it belongs to another user: chown it to the daemon's")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw unusable("others may look into it: run `chmod 0700 \(path)`")
        }
    }

    /// The names of the files in it but for those that are not whole.
    public func names() throws(BackupFailure) -> [String] {
        try entries().filter { !$0.hasSuffix(Self.partialSuffix) }.sorted()
    }

    /// Removes parts that were never finished.
    public func removePartials() throws(BackupFailure) {
        for name in try entries()
        where name.hasSuffix(Self.partialSuffix) && BackupPart.numbered(name) != nil {
            unlink(path + "/" + name)
        }
    }

    /// Begins a part under its name and `.partial`.
    public func create(_ name: String) throws(BackupFailure) -> any BackupSink {
        try BackupFileSink(directory: path, name: name)
    }

    /// Opens a part, after dropping its cached pages.
    public func open(_ name: String) throws(BackupFailure) -> any BackupSource {
        try BackupFile(path: path + "/" + name)
    }

    private func entries() throws(BackupFailure) -> [String] {
        guard let directory = opendir(path) else {
            throw BackupFailure(
                .directoryUnusable, at: path, hint: String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory), names.count < Self.maximumNames {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private func unusable(_ hint: String) -> BackupFailure {
        BackupFailure(.directoryUnusable, at: path, hint: hint)
    }
}

/// A part that is being written to a directory.
final class BackupFileSink: BackupSink {
    private let directory: String
    private let path: String
    private var descriptor: CInt

    init(directory: String, name: String) throws(BackupFailure) {
        self.directory = directory
        path = directory + "/" + name
        guard access(path, F_OK) != 0 else {
            throw BackupFailure(.notWritten, at: path, hint: "there is a part of this name already")
        }
        descriptor = Glibc.open(
            path + ".partial", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure }
    }

    deinit { abandon() }

    func write(_ bytes: [UInt8]) throws(BackupFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            guard count > 0 else { throw failure }
            written += count
        }
    }

    func finish() throws(BackupFailure) {
        // A failed fsync is not tried again: what is on disk is unknown, so the part is not.
        guard fsync(descriptor) == 0 else { throw failure }
        close(descriptor)
        descriptor = -1
        guard rename(path + ".partial", path) == 0 else { throw failure }
        let handle = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw failure }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw failure }
    }

    func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(path + ".partial")
    }

    private var failure: BackupFailure {
        BackupFailure(.notWritten, at: path, hint: String(cString: strerror(errno)))
    }
}

/// A part that is being read from a file.
public final class BackupFile: BackupSource {
    private let path: String
    private let descriptor: CInt
    /// How many bytes it has.
    public let size: UInt64

    /// Opens a part, after dropping its cached pages: what is checked is what the disk holds.
    public init(path: String) throws(BackupFailure) {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw BackupFailure(.unreadable, at: path, hint: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            size = 0
            throw BackupFailure(.unreadable, at: path, hint: "it is not a regular file")
        }
        size = UInt64(status.st_size)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    deinit { close(descriptor) }

    /// The next bytes: `count`, or fewer at the end.
    public func read(_ count: Int) throws(BackupFailure) -> [UInt8] {
        var isFailed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let got = Glibc.read(descriptor, buffer.baseAddress! + filled, count - filled)
                if got <= 0 {
                    isFailed = got < 0
                    break
                }
                filled += got
            }
        }
        guard !isFailed else {
            throw BackupFailure(.unreadable, at: path, hint: String(cString: strerror(errno)))
        }
        return bytes
    }

    /// Passes over bytes.
    public func skip(_ count: Int) throws(BackupFailure) {
        guard lseek(descriptor, off_t(count), SEEK_CUR) >= 0 else {
            throw BackupFailure(.unreadable, at: path, hint: String(cString: strerror(errno)))
        }
    }
}
