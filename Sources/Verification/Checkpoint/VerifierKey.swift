public import Cryptography

/// An Ed25519 key that verifies notes, with the name it signs under (C2SP signed-note).
public struct VerifierKey: Hashable, Sendable {
    /// The byte that stands for Ed25519 in key ids and in verifier keys as text.
    private static let algorithm: UInt8 = 1
    /// The longest text form that is read, in bytes: the longest name and a post-quantum key.
    public static let maximumTextBytes = 4 << 10

    /// The name that its signature lines carry.
    public let name: KeyName
    /// The key.
    public let publicKey: PublicKey
    /// The first four bytes, as a big-endian number, of SHA-256(name ‖ 0A ‖ 01 ‖ key): with the
    /// name it tells which signature lines are this key's.
    public let id: UInt32

    /// Joins a key and its name.
    public init(name: KeyName, publicKey: PublicKey) {
        self.name = name
        self.publicKey = publicKey
        let digest = SHA256.hash(
            name.bytes + [UInt8(ascii: "\n"), Self.algorithm] + publicKey.bytes)
        id = digest.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    }

    /// Reads the text form: the name, a plus, the id in eight lower-case hexadecimal digits, a plus,
    /// and base64 of 01 ‖ key.
    ///
    /// - Throws: `malformedVerifierKey`, `invalidKeyName`, `unsupportedAlgorithm`, `wrongKeyID`.
    public init(_ text: String) throws(NoteError) {
        guard text.utf8.count <= Self.maximumTextBytes else { throw .malformedVerifierKey }
        // Base64 may hold plus signs, a name none.
        let parts = text.utf8
            .split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count == 3, Self.isID(parts[1]), let key = Base64.decode(parts[2]),
            let algorithm = key.first
        else { throw .malformedVerifierKey }
        let name = try KeyName(parts[0])
        guard algorithm == Self.algorithm else { throw .unsupportedAlgorithm }
        guard let publicKey = try? PublicKey(Array(key.dropFirst())) else {
            throw .malformedVerifierKey
        }
        self.init(name: name, publicKey: publicKey)
        guard parts[1] == idText else { throw .wrongKeyID }
    }

    /// The text form, as it is handed to whoever verifies.
    public var text: String {
        "\(name)+\(idText)+\(Base64.encode([Self.algorithm] + publicKey.bytes))"
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 8 && text.allSatisfy { "0123456789abcdef".contains($0) }
    }

    private var idText: String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
