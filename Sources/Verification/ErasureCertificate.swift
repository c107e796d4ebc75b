public import Cryptography
public import StrictJSON

/// The signed statement that keys were destroyed.
///
/// It verifies offline with the vault's public certificate key alone. It names nobody: record id,
/// compartments, dates, a reason code.
public struct ErasureCertificate: Sendable, Equatable {
    /// The signing context.
    public static let context = "aitta.certificate.v1"
    /// The value of `format`.
    public static let format = "aitta-erasure-certificate/1"

    /// The vault's id.
    public var vault: String
    /// The record's id.
    public var record: String
    /// The reason, a code.
    public var reason: String
    /// When, RFC 3339.
    public var erasedAt: String
    /// The compartments whose keys were destroyed.
    public var shredded: [String]
    /// What was to be destroyed too and is kept by a hold.
    public var retained: [Retained]
    /// How many keys were destroyed.
    public var keysDestroyed: Int
    /// The epoch in which it happened; later rotations make it final.
    public var epoch: UInt64
    /// How surely the storage forgets an overwritten keyring.
    public var storage: String

    /// The replicas of the ledger that did not hold the erasure when this was signed, by their configured
    /// directories.
    public var ledgerReplicasOutOfReach: [String]

    /// SHA-256 of what is signed in the record's certificate before it; `nil` in its first.
    public var previous: Digest32?

    /// What makes it final; `nil` in the certificate of the erasure itself.
    public var finality: Finality?

    /// A compartment that a hold keeps.
    public struct Retained: Sendable, Equatable {
        /// The compartment, or a period of one.
        public var compartment: String
        /// The ground of the hold, a code.
        public var ground: String
        /// When it ends, RFC 3339; `nil`: when somebody ends it.
        public var until: String?

        /// Makes it of its parts.
        public init(compartment: String, ground: String, until: String?) {
            self.compartment = compartment
            self.ground = ground
            self.until = until
        }

        init?(_ json: JSONValue) {
            guard let compartment = json["compartment"]?.text, let ground = json["ground"]?.text
            else { return nil }
            self.init(compartment: compartment, ground: ground, until: json["until"]?.text)
        }

        var json: JSONValue {
            .object([
                JSONMember("compartment", .string(compartment)),
                JSONMember("ground", .string(ground)),
                JSONMember("until", until.map(JSONValue.string) ?? .null),
            ])
        }
    }

    /// That no older copy of the vault's files holds what was erased.
    public struct Finality: Sendable, Equatable {
        /// The epoch whose beginning made it so: all older KEKs are destroyed.
        public var epoch: UInt64
        /// When, RFC 3339.
        public var at: String
        /// The number of the erasure in the ledger.
        public var ledgerEntry: UInt64
        /// How many places held the keyring, and hold it now without the older KEKs.
        public var places: Int

        /// Makes it of its parts.
        public init(epoch: UInt64, at: String, ledgerEntry: UInt64, places: Int) {
            self.epoch = epoch
            self.at = at
            self.ledgerEntry = ledgerEntry
            self.places = places
        }
    }

    /// Makes a certificate.
    public init(
        vault: String, record: String, reason: String, erasedAt: String, shredded: [String],
        retained: [Retained] = [], keysDestroyed: Int, epoch: UInt64, storage: String,
        ledgerReplicasOutOfReach: [String] = [], previous: Digest32? = nil,
        finality: Finality? = nil
    ) {
        self.vault = vault
        self.record = record
        self.reason = reason
        self.erasedAt = erasedAt
        self.shredded = shredded
        self.retained = retained
        self.keysDestroyed = keysDestroyed
        self.epoch = epoch
        self.storage = storage
        self.ledgerReplicasOutOfReach = ledgerReplicasOutOfReach
        self.previous = previous
        self.finality = finality
    }

    /// The members that are signed.
    public var members: [JSONMember] {
        [
            JSONMember("format", .string(Self.format)),
            JSONMember("vault", .string(vault)),
            JSONMember("record", .string(record)),
            JSONMember("reason", .string(reason)),
            JSONMember("erasedAt", .string(erasedAt)),
            JSONMember("shredded", .array(shredded.map(JSONValue.string))),
            JSONMember("retained", .array(retained.map(\.json))),
            JSONMember("keysDestroyed", .number(String(keysDestroyed))),
            JSONMember("epoch", .number(String(epoch))),
            JSONMember("final", .bool(finality != nil)),
            JSONMember("storage", .string(storage)),
            JSONMember(
                "ledgerReplicasOutOfReach",
                .array(ledgerReplicasOutOfReach.map(JSONValue.string))),
            JSONMember(
                "previous", previous.map { .string(Base64.encode($0.bytes)) } ?? .null),
            JSONMember("condition", .string(condition)),
        ] + finalMembers
    }

    /// Reads the members of one that is not final; whether it is signed says ``isValid(_:key:)``.
    public init?(_ document: JSONValue) {
        guard document["format"]?.text == Self.format, document["final"]?.flag == false,
            let vault = document["vault"]?.text, let record = document["record"]?.text,
            let reason = document["reason"]?.text, let erasedAt = document["erasedAt"]?.text,
            let shredded = document["shredded"]?.items?.compactMap(\.text),
            let retained = document["retained"]?.items?.compactMap(Retained.init),
            let keysDestroyed = document["keysDestroyed"]?.integer,
            let epoch = document["epoch"]?.integer, let storage = document["storage"]?.text
        else { return nil }
        self.init(
            vault: vault, record: record, reason: reason, erasedAt: erasedAt, shredded: shredded,
            retained: retained, keysDestroyed: Int(keysDestroyed), epoch: UInt64(clamping: epoch),
            storage: storage,
            ledgerReplicasOutOfReach: document["ledgerReplicasOutOfReach"]?.items?
                .compactMap(\.text) ?? [],
            previous: document["previous"]?.text.flatMap(Base64.decode)
                .flatMap { Digest32($0) })
    }

    private var condition: String {
        guard let finality else {
            guard keysDestroyed > 0 || !shredded.isEmpty else {
                return "Nothing was destroyed."
            }
            return "Final after the next rotation, and then only as far as no keyring or escrow "
                + "survives that holds a key of epoch \(epoch) or older."
        }
        return "Holds as far as no keyring or escrow survives that holds a KEK older than that of "
            + "epoch \(finality.epoch), those of a rotation's middle state included."
    }

    private var finalMembers: [JSONMember] {
        guard let finality else { return [] }
        return [
            JSONMember("finalEpoch", .number(String(finality.epoch))),
            JSONMember("finalAt", .string(finality.at)),
            JSONMember("ledgerEntry", .string(String(finality.ledgerEntry))),
            JSONMember("keyringPlaces", .number(String(finality.places))),
        ]
    }

    /// What the entry of the erasure carries of its certificate: SHA-256 of the bytes that are signed.
    /// Nil for a document that none can be signed of.
    public static func digest(of document: JSONValue) -> Digest32? {
        SignedDocument.message(of: document, context: context).map { SHA256.hash($0) }
    }

    /// Whether a document is an erasure certificate that the key signed. Its member `log`, if it has
    /// one, may hold anything: ``LogInclusion`` checks it.
    public static func isValid(_ document: JSONValue, key: PublicKey) -> Bool {
        document["format"]?.text == format
            && SignedDocument.isValid(document, context: context, key: key)
    }
}
