import Cryptography

/// A token that came with a request, as its digest: what stands here can't be presented again.
public struct PresentedToken: Sendable, Hashable {
    let digest: Digest32

    private static let scheme = "bearer"

    /// Reads the value of an `Authorization` header: `Bearer aitta_…` (RFC 6750, 2.1; the scheme in
    /// any case). `nil` for anything else.
    public init?(authorization value: String) {
        var value = value
        let digest = value.withUTF8 { utf8 -> Digest32? in
            let text = UnsafeRawBufferPointer(utf8)
            guard text.count == Self.scheme.utf8.count + 1 + TokenSecret.textCount,
                zip(Self.scheme.utf8, text).allSatisfy({ $0 == $1 | 0x20 }),
                text[Self.scheme.utf8.count] == 0x20
            else { return nil }
            let token = UnsafeRawBufferPointer(
                rebasing: text.dropFirst(Self.scheme.utf8.count + 1))
            return try? TokenSecret(text: token).digest
        }
        guard let digest else { return nil }
        self.digest = digest
    }

    init(digest: Digest32) {
        self.digest = digest
    }

    /// The digest as text, for a place that takes nothing else.
    public var text: String {
        digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Reads ``text`` back; `nil` for anything else.
    public init?(text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 2 * Digest32.count else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[place]), let low = Self.value(digits[place + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        guard let digest = Digest32(bytes) else { return nil }
        self.digest = digest
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
