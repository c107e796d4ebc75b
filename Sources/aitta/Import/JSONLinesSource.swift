import StrictJSON
import VaultAPI
import VaultClient

/// The rows of a file of JSON lines: each is the body of a creation, `{"kind":…,"fields":{…}}`.
struct JSONLinesSource: RowSource {
    /// Members that would make something else of the operation.
    private static let allowed: Set<String> = [
        "kind", "reference", "source", "sources", "company", "fields",
    ]

    let columns = ["record"]
    let separator = UInt8(ascii: ",")
    private var input: ByteReader
    private var line: Int
    private let limit: Int

    /// - Parameter limit: the longest line, in bytes.
    init(_ input: ByteReader, line: Int = 1, limit: Int = 256 << 10) throws {
        self.input = input
        self.line = line
        self.limit = limit
        if line == 1 { try self.input.skipByteOrderMark() }
    }

    var position: FilePosition { FilePosition(offset: input.offset, line: line) }

    mutating func next() throws -> ImportRow? {
        while try input.peek() != nil {
            var bytes: [UInt8] = []
            var isTooLong = false
            let limit = limit
            try input.read(while: { $0 != UInt8(ascii: "\n") }) { run in
                isTooLong = isTooLong || bytes.count + run.count > limit
                if !isTooLong { bytes += run }
            }
            if try input.peek() != nil { input.advance() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            let start = line
            line += 1
            if bytes.isEmpty && !isTooLong { continue }
            return ImportRow(
                line: start, columns: [bytes[...]],
                content: isTooLong
                    ? .failure(Rejection(CSVRow.Fault.rowSize.rawValue)) : Self.content(of: bytes))
        }
        return nil
    }

    private static func content(of bytes: [UInt8]) -> Result<ImportRow.Content, Rejection> {
        do throws(JSONError) {
            let json = try JSONParser.parse(bytes)
            guard let members = json.members else { return .failure(Rejection("object")) }
            for member in members where !allowed.contains(member.name) {
                return .failure(Rejection("unknown-member"))
            }
            guard let kind = json["kind"]?.text.flatMap(NewRecord.Kind.init) else {
                return .failure(Rejection("kind: choice"))
            }
            return .success(ImportRow.Content(kind: kind, record: json.encoded()))
        } catch {
            return .failure(Rejection("json: " + error.rule.rawValue))
        }
    }
}
