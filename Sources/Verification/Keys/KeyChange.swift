public import Cryptography
public import StrictJSON

/// That a vault's signing keys are others from now on: signed by the certificate key and the log key before
/// and by the certificate key after it, each over the same (docs/FORMAT.md, "Key history").
public struct KeyChange: Sendable, Equatable {
    /// The member `format` of a change.
    public static let format = "aitta-key-change/1"
    /// The member `format` of the statement that ends a deep rotation.
    public static let statementFormat = "aitta-deep-rotation/1"
    private static let context = "aitta.key-change.v1"
    private static let acceptanceContext = "aitta.key-acceptance.v1"
    private static let logContext = "aitta.key-change-log.v1"
    private static let statementContext = "aitta.deep-rotation.v1"
    private static let acceptanceMember = "acceptance"
    private static let logMember = "logSignature"

    /// The vault's id.
    public let vault: String
    /// The epoch that the change begins with.
    public let epoch: UInt64
    /// The keys before.
    public let from: SigningKeys
    /// The keys after.
    public let to: SigningKeys
    /// The signed document.
    public let document: JSONValue
    /// What the new certificate key says once nothing is left under the keys before; `nil`: not yet.
    public private(set) var statement: JSONValue?

    /// Makes a change.
    ///
    /// - Parameters:
    ///   - time: When, RFC 3339.
    ///   - old: Signs with the certificate key before.
    ///   - oldLog: Signs with the log key before.
    ///   - new: Signs with the certificate key after.
    public init(
        vault: String, epoch: UInt64, at time: String, from: SigningKeys, to: SigningKeys,
        old: ([UInt8]) -> [UInt8], oldLog: ([UInt8]) -> [UInt8], new: ([UInt8]) -> [UInt8]
    ) throws(JSONError) {
        let members = [
            JSONMember("format", .string(Self.format)),
            JSONMember("vault", .string(vault)),
            JSONMember("epoch", .number(String(epoch))),
            JSONMember("at", .string(time)),
            JSONMember("from", from.json),
            JSONMember("to", to.json),
        ]
        let logSignature = oldLog(
            try SignedDocument.message(of: members, context: Self.logContext))
        let acceptance = new(
            try SignedDocument.message(of: members, context: Self.acceptanceContext))
        let accepted =
            members + [
                JSONMember(Self.logMember, .string(Base64.encode(logSignature))),
                JSONMember(Self.acceptanceMember, .string(Base64.encode(acceptance))),
            ]
        document = SignedDocument.signed(
            accepted,
            signature: old(try SignedDocument.message(of: accepted, context: Self.context)),
            by: from.certificates)
        self.vault = vault
        self.epoch = epoch
        self.from = from
        self.to = to
    }

    /// Reads a change of a history; `nil` unless all three keys signed it.
    init?(_ json: JSONValue) {
        // A member `log` would be passed over by the signature.
        guard let document = json["change"], document["log"] == nil,
            document["format"]?.text == Self.format, let vault = document["vault"]?.text,
            let epoch = document["epoch"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let from = SigningKeys(document["from"]), let to = SigningKeys(document["to"]),
            // Whoever trusts one of the keys before learns of those after it from that key's own signature.
            SignedDocument.isValid(document, context: Self.context, key: from.certificates),
            Self.isSigned(document, Self.logMember, context: Self.logContext, key: from.log),
            Self.isSigned(
                document, Self.acceptanceMember, context: Self.acceptanceContext,
                key: to.certificates)
        else { return nil }
        self.document = document
        self.vault = vault
        self.epoch = epoch
        self.from = from
        self.to = to
        guard let statement = json["statement"], !statement.isNull else { return }
        guard Self.isStatement(statement, of: vault, epoch, by: to) else { return nil }
        self.statement = statement
    }

    /// Whether a member is a key's signature over those that stand before the signatures.
    private static func isSigned(
        _ document: JSONValue, _ member: String, context: String, key: PublicKey
    ) -> Bool {
        let members = (document.members ?? []).filter {
            $0.name != acceptanceMember && $0.name != logMember
        }
        guard let signature = document[member]?.text.flatMap(Base64.decode),
            let message = SignedDocument.message(of: .object(members), context: context)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }

    /// A statement of the keys after the change, signed.
    public static func statement(
        _ members: [JSONMember], by key: PublicKey, sign: ([UInt8]) -> [UInt8]
    ) throws(JSONError) -> JSONValue {
        SignedDocument.signed(
            members,
            signature: sign(try SignedDocument.message(of: members, context: statementContext)),
            by: key)
    }

    func completed(by statement: JSONValue) -> KeyChange? {
        guard Self.isStatement(statement, of: vault, epoch, by: to) else { return nil }
        var change = self
        change.statement = statement
        return change
    }

    private static func isStatement(
        _ statement: JSONValue, of vault: String, _ epoch: UInt64, by keys: SigningKeys
    ) -> Bool {
        statement["log"] == nil && statement["format"]?.text == statementFormat
            && statement["vault"]?.text == vault
            && statement["epoch"]?.integer.flatMap({ UInt64(exactly: $0) }) == epoch
            && SignedDocument.isValid(
                statement, context: statementContext, key: keys.certificates)
    }

    var json: JSONValue {
        .object([
            JSONMember("change", document),
            JSONMember("statement", statement ?? .null),
        ])
    }
}
