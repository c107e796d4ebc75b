import Glibc
import Vault

/// Room on the disk of the state directory, held by a file of that size.
///
/// On file systems that copy on write or compress, a file holds no room for others.
struct ReserveFile: DiskReserve {
    private static let name = "reserve"

    private let path, directory: String
    private let bytes: UInt64

    /// The reserve in a state directory; 0 megabytes: none, and none is left there.
    init?(directory: String, megabytes: Int) {
        self.directory = directory
        path = directory + "/" + Self.name
        bytes = UInt64(megabytes) << 20
        guard megabytes > 0 else {
            unlink(path)
            return nil
        }
    }

    var isHeld: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size == bytes
            && UInt64(status.st_blocks) * 512 >= bytes
    }

    var isShort: Bool { (free ?? .max) < bytes / 2 }

    func release() {
        let file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return }
        defer { close(file) }
        // File systems with a journal hand blocks out again once that is on disk.
        if ftruncate(file, 0) == 0 { fsync(file) }
    }

    func restore() -> Bool {
        if isHeld { return true }
        guard let free, free > 2 * bytes else { return false }
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard ftruncate(file, 0) == 0, posix_fallocate(file, 0, off_t(bytes)) == 0,
            fsync(file) == 0
        else {
            ftruncate(file, 0)
            return false
        }
        return true
    }

    private var free: UInt64? {
        var system = statvfs()
        guard statvfs(directory, &system) == 0 else { return nil }
        return UInt64(system.f_bavail) * UInt64(system.f_frsize)
    }
}
