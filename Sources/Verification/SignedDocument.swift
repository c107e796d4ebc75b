public import Cryptography
public import StrictJSON

/// A JSON object with a member `signature`: Ed25519 over a context and the RFC 8785 form of the rest,
/// but for a member `log`, which comes later and is checked on its own (docs/FORMAT.md, "Erasure
/// certificate"; ``LogInclusion``).
public enum SignedDocument {
    private static let member = "signature"
    private static let unsigned: Set<String> = [member, "log"]
    private static let algorithm = "Ed25519"

    /// The bytes that are signed: `lp(context)` and the canonical form of the object.
    ///
    /// - Throws: ``JSONError`` when the object holds a number that has no canonical form.
    public static func message(
        of members: [JSONMember], context: String
    ) throws(JSONError) -> [UInt8] {
        var prefix = AssociatedData()
        prefix.append(context)
        return prefix.bytes + (try JSONValue.object(members).canonicalBytes())
    }

    /// The bytes that are signed of a document: all but `signature` and `log`; nil for one that is no
    /// object or has no canonical form.
    public static func message(of document: JSONValue, context: String) -> [UInt8]? {
        guard let members = document.members else { return nil }
        return try? message(
            of: members.filter { !unsigned.contains($0.name) }, context: context)
    }

    /// The document with its signature.
    public static func signed(
        _ members: [JSONMember], signature: [UInt8], by key: PublicKey
    ) -> JSONValue {
        .object(
            members + [
                JSONMember(
                    member,
                    .object([
                        JSONMember("algorithm", .string(algorithm)),
                        JSONMember("keyId", .string(key.keyID)),
                        JSONMember("value", .string(Base64.encode(signature))),
                    ]))
            ])
    }

    /// Whether a document was signed by a key, in a context, and not altered since.
    public static func isValid(_ document: JSONValue, context: String, key: PublicKey) -> Bool {
        guard let signature = document[member],
            // What stands in it is not signed: nothing but these three may.
            signature.members?.count == 3, signature["algorithm"]?.text == algorithm,
            signature["keyId"]?.text == key.keyID,
            let value = signature["value"]?.text.flatMap(Base64.decode),
            let message = message(of: document, context: context)
        else { return false }
        return key.isValidSignature(value, for: message)
    }
}

extension PublicKey {
    /// The first 16 hexadecimal digits of SHA-256 of the key.
    public var keyID: String {
        SHA256.hash(bytes).bytes.prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
