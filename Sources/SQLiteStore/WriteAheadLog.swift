import Glibc
import Storage

/// The store's own descriptor of the write-ahead log, to sync and to measure it.
///
/// SQLite holds no locks on this file, so that closing a descriptor of it ends none. The file stays
/// the same one for as long as a connection is open.
final class WriteAheadLog: Sendable {
    private let descriptor: Int32

    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritable }
    }

    deinit {
        close(descriptor)
    }

    /// Makes what was written durable. Once it has failed, success later would mean nothing: the
    /// kernel has forgotten the pages. So it is never tried again.
    func sync() throws(StoreError) {
        guard fdatasync(descriptor) == 0 else { throw .outcomeUnknown }
    }

    /// Whether the file holds nothing.
    func isEmpty() -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_size == 0
    }
}
