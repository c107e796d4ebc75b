/// 32 bytes without an allocation, compared in constant time.
struct Bytes32: Hashable, Sendable {
    static let count = 32

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.count else { return nil }
        Swift.withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        Swift.withUnsafeMutableBytes(of: &words) { buffer in
            guard let start = buffer.baseAddress else { return }
            fill(start.assumingMemoryBound(to: UInt8.self))
        }
    }

    var array: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try Swift.withUnsafeBytes(of: words, body)
    }

    func withPointer<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        var copy = self
        return withUnsafePointer(to: &copy.words) { words in
            words.withMemoryRebound(to: UInt8.self, capacity: Self.count, body)
        }
    }

    static func == (a: Bytes32, b: Bytes32) -> Bool {
        let left = (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1)
        let right = (a.words.2 ^ b.words.2) | (a.words.3 ^ b.words.3)
        return left | right == 0
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
