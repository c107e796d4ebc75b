public import Cryptography
public import StrictJSON

/// A JSON object with a member `signature`: Ed25519 over a context and the RFC 8785 form of the rest
/// (docs/FORMAT.md, "Erasure certificate").
public enum SignedDocument {
    private static let member = "signature"
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
        guard let members = document.members, let signature = document[member],
            // What stands in it is not signed: nothing but these three may.
            signature.members?.count == 3, signature["algorithm"]?.text == algorithm,
            signature["keyId"]?.text == key.keyID,
            let value = signature["value"]?.text.flatMap(Base64.decode),
            let message = try? message(
                of: members.filter { $0.name != member }, context: context)
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
