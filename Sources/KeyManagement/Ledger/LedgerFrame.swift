/// One entry of the ledger as it lies in the file (docs/FORMAT.md, "Ledger"): length, the length's
/// complement, body, MAC.
struct LedgerFrame {
    private static let headCount = 8
    private static let macCount = 32
    private static let sectorCount = 512
    /// Fewer zeros than this may be data.
    private static let leastZeroCount = 8

    let body: ArraySlice<UInt8>
    let mac: ArraySlice<UInt8>
    let end: Int

    /// The frame at an offset; `nil` if it is not whole, or its length is not what was written.
    init?(in content: [UInt8], at offset: Int) {
        guard let count = Self.bodyCount(in: content, at: offset) else { return nil }
        let start = offset + Self.headCount
        guard count <= content.count - start - Self.macCount else { return nil }
        body = content[start..<(start + count)]
        mac = content[(start + count)..<(start + count + Self.macCount)]
        end = start + count + Self.macCount
    }

    /// Appends a frame.
    static func append(body: [UInt8], mac: [UInt8], to bytes: inout [UInt8]) {
        let count = UInt32(body.count)
        bytes.appendInteger(count)
        bytes.appendInteger(~count)
        bytes += body
        bytes += mac
    }

    /// Whether what begins at an offset was never written whole: the file ends within the frame, or a
    /// sector of it still has the zeros of a file that has only grown. A changed byte looks like
    /// neither, so damage is never taken for a torn end.
    static func isTorn(_ content: [UInt8], from offset: Int) -> Bool {
        if content.count - offset < headCount { return true }
        if let count = bodyCount(in: content, at: offset),
            count > content.count - offset - headCount - macCount
        {
            return true
        }
        var start = offset
        while start < content.count {
            let end = min((start / sectorCount + 1) * sectorCount, content.count)
            if end - start >= leastZeroCount, content[start..<end].allSatisfy({ $0 == 0 }) {
                return true
            }
            start = end
        }
        return false
    }

    private static func bodyCount(in content: [UInt8], at offset: Int) -> Int? {
        guard content.count - offset >= headCount else { return nil }
        return content.withUnsafeBytes { bytes in
            let count = UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            let complement = UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
            return count == ~complement ? Int(count) : nil
        }
    }
}
