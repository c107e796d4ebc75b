import Glibc
import StrictJSON

/// A log that was exported: a line for its checkpoint, then one for each entry, each the JSON that
/// the daemon answered.
final class LogFile: LogSource {
    /// The longest line, in bytes: an entry at its longest, in base64 and in words.
    private static let lineBytes = 1 << 20
    private static let pageLines = 1000

    /// What the first line holds.
    let checkpoint: JSONValue
    private let path: String
    private let descriptor: Int32
    private var input: ByteReader
    private var line = 0

    /// Opens a file and reads its first line.
    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("can't open \(path): \(ErrorNumber.text)") }
        self.path = path
        input = ByteReader(descriptor: descriptor, name: path)
        guard let first = try Self.line(of: &input, path: path, number: 1), first["note"] != nil
        else {
            throw Failure(
                "\(path) is no export of a log: it does not begin with a checkpoint",
                hint: "aitta audit verify --export FILE writes one")
        }
        checkpoint = first
        line = 1
    }

    deinit { close(descriptor) }

    func next() throws -> [JSONValue] {
        var items: [JSONValue] = []
        while items.count < Self.pageLines {
            line += 1
            guard let item = try Self.line(of: &input, path: path, number: line) else { break }
            items.append(item)
        }
        return items
    }

    private static func line(
        of input: inout ByteReader, path: String, number: Int
    ) throws -> JSONValue? {
        guard try input.peek() != nil else { return nil }
        var bytes: [UInt8] = []
        var isTooLong = false
        try input.read(while: { $0 != UInt8(ascii: "\n") }) { run in
            isTooLong = isTooLong || bytes.count + run.count > lineBytes
            if !isTooLong { bytes += run }
        }
        if try input.peek() != nil { input.advance() }
        guard !isTooLong else { throw Failure("line \(number) of \(path) is too long") }
        return try JSONInput.parse(bytes, name: "line \(number) of \(path)")
    }
}
