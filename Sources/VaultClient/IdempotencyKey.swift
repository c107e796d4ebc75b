/// Names one request, so that the vault carries it out once, however often it arrives. Valid for
/// 24 hours; a new request needs a new key.
public struct IdempotencyKey: Sendable, Hashable {
    /// A UUID in lower case.
    public let text: String

    /// Makes a random key (UUID version 4, RFC 9562).
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// Makes a random key from `generator`, which must not repeat itself.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(
            high: generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Makes the key whose 128 bits are given; version and variant are the caller's part.
    public init(high: UInt64, low: UInt64) {
        text =
            Self.digits(high >> 32, 8) + "-" + Self.digits(high >> 16, 4) + "-"
            + Self.digits(high, 4) + "-" + Self.digits(low >> 48, 4) + "-" + Self.digits(low, 12)
    }

    /// Takes a key that was kept; nil if `text` is no lower-case UUID.
    public init?(_ text: String) {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12],
            groups.joined().allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
        else { return nil }
        self.text = text
    }

    private static func digits(_ bits: UInt64, _ count: Int) -> String {
        let all = String(bits, radix: 16)
        return String((String(repeating: "0", count: 16) + all).suffix(count))
    }
}
