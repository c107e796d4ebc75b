import Glibc
import StrictJSON

/// Writes a log into a file that ``LogFile`` reads. It says who did what, so only its owner may read
/// it.
final class LogExport {
    private static let bufferBytes = 256 << 10

    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Makes the file; one that is there may be evidence and stays.
    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let isThere = errno == EEXIST
            throw Failure(
                "can't make \(path): \(ErrorNumber.text)",
                hint: isThere ? "name a file that is not there yet" : nil)
        }
        self.path = path
    }

    deinit { close(descriptor) }

    /// Adds a line.
    func append(_ json: JSONValue) throws {
        buffer += json.encoded()
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes out what is left.
    func finish() throws {
        try flush()
        try PrivateFile.sync(descriptor, path)
    }

    private func flush() throws {
        try PrivateFile.write(buffer, to: descriptor, path)
        buffer.removeAll(keepingCapacity: true)
    }
}
