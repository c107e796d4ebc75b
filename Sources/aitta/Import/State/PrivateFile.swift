import Glibc

/// Files that only their owner may read, unless another mode is asked for.
enum PrivateFile {
    private static let mode: mode_t = 0o600

    /// Makes a new file, in place of one that may be there; never follows a link to elsewhere.
    static func create(_ path: String, mode: mode_t = mode) throws -> Int32 {
        try remove(path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return try opened(open(path, flags, mode), path)
    }

    /// Makes a file where there is none.
    static func createNew(_ path: String) throws -> Int32 {
        try opened(open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode), path)
    }

    /// Opens a file that was made before, or makes it.
    static func append(_ path: String) throws -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        return try opened(open(path, flags, mode), path)
    }

    /// Puts `bytes` in the place of what the file held, so that after a crash it is one or the
    /// other.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = mode) throws {
        let temporary = path + ".new"
        let descriptor = try create(temporary, mode: mode)
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path)
        try sync(descriptor, path)
        guard rename(temporary, path) == 0 else { throw failure("write", path) }
        try syncDirectory(of: path)
    }

    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            written += count
        }
    }

    static func sync(_ descriptor: Int32, _ path: String) throws {
        guard fsync(descriptor) == 0 else { throw failure("write", path) }
    }

    private static func syncDirectory(of path: String) throws {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", directory) }
        defer { close(descriptor) }
        try sync(descriptor, directory)
    }

    private static func opened(_ descriptor: Int32, _ path: String) throws -> Int32 {
        guard descriptor >= 0 else { throw failure("open", path) }
        return descriptor
    }

    private static func failure(_ action: String, _ path: String) -> Failure {
        Failure("can't \(action) \(path): \(ErrorNumber.text)")
    }
}
