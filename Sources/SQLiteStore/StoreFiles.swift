import Glibc
import Storage

/// The files of one database of a store, touched without SQLite.
struct StoreFiles: Sendable {
    let directory: String
    /// `vault.db` or `access.db`.
    let name: String

    var database: String { directory + "/" + name }
    var log: String { database + "-wal" }
    private var all: [String] { [database, log, database + "-shm"] }

    /// Makes an empty database file that only its owner can read; the log takes over its mode.
    ///
    /// - Throws: ``StoreError/alreadyExists``, ``StoreError/notWritable``, ``StoreError/diskFull``.
    func create() throws(StoreError) {
        let descriptor = open(database, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw systemError() }
        close(descriptor)
        try syncDirectory()
    }

    /// Takes back what `create` began.
    func remove() {
        for path in all { unlink(path) }
    }

    /// Throws unless there is a regular database file.
    func checkPresence() throws(StoreError) {
        var status = stat()
        guard stat(database, &status) == 0 else { throw systemError() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .corrupt(place: name) }
    }

    /// Makes sure that what will be read is what the disk holds.
    ///
    /// After a failed fsync the kernel marks the pages clean that it could not write: they read
    /// back, and are gone with the next power loss. So what is still dirty is written first (an
    /// error here refuses the start), and then all pages are dropped, so that reads go to the disk.
    ///
    /// Runs before SQLite opens the files: closing a descriptor of the database ends the locks
    /// that this process holds on it. One process opens a store once.
    func dropCachedPages() throws(StoreError) {
        for path in [database, log] {
            let descriptor = open(path, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else {
                if errno == ENOENT, path == log { continue }
                throw systemError()
            }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw .outcomeUnknown }
            let code = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
            guard code == 0 else { throw .unexpected(code: Int(code)) }
        }
    }

    /// Makes the files' names durable.
    func syncDirectory() throws(StoreError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError() }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .outcomeUnknown }
    }

    /// Bytes of all files.
    var size: Int {
        all.reduce(0) { sum, path in
            var status = stat()
            return stat(path, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    private func systemError() -> StoreError {
        switch errno {
        case ENOENT, ENOTDIR: .missing
        case EEXIST: .alreadyExists
        case EACCES, EPERM, EROFS: .notWritable
        case ENOSPC, EDQUOT: .diskFull
        default: .unexpected(code: Int(errno))
        }
    }
}
