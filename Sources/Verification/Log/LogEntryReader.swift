/// Reads an entry front to back. After one read past the end it has failed, and gives nothing more.
struct LogEntryReader {
    private let entry: [UInt8]
    private var offset = 0
    private var hasFailed = false

    init(_ entry: [UInt8]) { self.entry = entry }

    /// Whether all was read, and nothing beyond.
    var isAtEnd: Bool { !hasFailed && offset == entry.count }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard !hasFailed, entry.count - offset >= count else {
            hasFailed = true
            return nil
        }
        defer { offset += count }
        return Array(entry[offset..<(offset + count)])
    }

    /// A little-endian number.
    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        bytes(MemoryLayout<Number>.size).map { bytes in
            bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
        }
    }

    /// `sl(text)`.
    mutating func text() -> String? {
        guard let count = integer(UInt8.self), let bytes = bytes(Int(count)),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            hasFailed = true
            return nil
        }
        return text
    }
}
