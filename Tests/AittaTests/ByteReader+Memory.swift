@testable import aitta

extension ByteReader {
    /// Reads bytes in memory, `piece` at a time.
    init(_ bytes: [UInt8], piece: Int = 1 << 16, from offset: Int = 0) {
        var rest = bytes[offset...]
        self.init(offset: offset, bufferBytes: piece) { buffer in
            let part = rest.prefix(buffer.count)
            buffer.replaceSubrange(..<part.count, with: part)
            rest = rest.dropFirst(part.count)
            return part.count
        }
    }
}
