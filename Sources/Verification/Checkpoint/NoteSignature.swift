/// A signature line of a signed note: who says to have signed, and the signature. Known keys are
/// looked up by name and id; of others a line says nothing.
public struct NoteSignature: Sendable, Hashable {
    /// Em dash and space, with which each line begins.
    private static let prefix = Array("\u{2014} ".utf8)
    /// Length of a key id, in bytes.
    private static let idCount = 4

    /// The name of the key.
    public let name: KeyName
    /// The id of the key (``VerifierKey/id``).
    public let keyID: UInt32
    /// The signature: 64 bytes for Ed25519; other algorithms' have lengths of their own.
    public let bytes: [UInt8]

    init(name: KeyName, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// Reads a line without its newline; nil for anything but the one form of it.
    init?(line: some Collection<UInt8>) {
        guard line.starts(with: Self.prefix) else { return nil }
        let parts = line.dropFirst(Self.prefix.count)
            .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2, let name = try? KeyName(parts[0]),
            let signature = Base64.decode(parts[1]), signature.count > Self.idCount
        else { return nil }
        self.name = name
        keyID = signature.prefix(Self.idCount).reduce(0) { $0 << 8 | UInt32($1) }
        bytes = Array(signature.dropFirst(Self.idCount))
    }

    /// The line, with its newline.
    var line: [UInt8] {
        let id = withUnsafeBytes(of: keyID.bigEndian) { Array($0) }
        return Self.prefix + Array("\(name) \(Base64.encode(id + bytes))\n".utf8)
    }
}
