public import Cryptography
public import StrictJSON

/// The signed statement of what one principal's accesses touched: an annex to the notification of a
/// personal data breach (GDPR 33(3)(a)).
///
/// It verifies offline with the public key of the vault's log alone. It names no record and no person
/// but the principal that was asked about.
public struct BreachScope: Sendable, Equatable {
    /// The signing context.
    public static let context = "aitta.breach-scope.v1"
    /// The value of `format`.
    public static let format = "aitta-breach-scope/1"

    /// How many distinct records were touched in one field.
    public struct Field: Sendable, Equatable {
        /// The field's name.
        public var name: String
        /// Its compartment; `unknown` for a field that the catalogue no longer has.
        public var compartment: String
        /// Distinct records.
        public var records: Int

        /// Makes a count.
        public init(name: String, compartment: String, records: Int) {
            self.name = name
            self.compartment = compartment
            self.records = records
        }
    }

    /// How many distinct records were touched in one compartment.
    public struct Compartment: Sendable, Equatable {
        /// The compartment's name, or `unknown`.
        public var name: String
        /// Distinct records.
        public var records: Int

        /// Makes a count.
        public init(name: String, records: Int) {
            self.name = name
            self.records = records
        }
    }

    /// The vault's id.
    public var vault: String
    /// Whose accesses: `uid:N` or `user:NAME`.
    public var principal: String
    /// The first moment looked at, RFC 3339.
    public var from: String
    /// The first moment no longer looked at, RFC 3339.
    public var to: String
    /// When the statement was made, RFC 3339.
    public var madeAt: String
    /// `off` where `init` or break-glass joined data and administrative roles in one principal, else `on`.
    public var separation = "on"
    /// Distinct records that answered reads, searches and verifications touched.
    public var records: Int
    /// The same for each field, in the order of names.
    public var fields: [Field]
    /// The same for each compartment, in the order of names.
    public var compartments: [Compartment]
    /// How many accesses there were: entries of the log, one for each record and access.
    public var accesses: Int
    /// When the first of them was, RFC 3339; nil if there is none.
    public var firstAccess: String?
    /// When the last of them was.
    public var lastAccess: String?
    /// How many requests of the principal, for whatever, were refused or failed.
    public var refusals: Int
    /// Entries, of whomever and whenever, that are not there or not what their hash says: what they
    /// said is not counted.
    public var unreadableEntries: UInt64
    /// The number of the first entry that was looked at.
    public var firstEntry: UInt64
    /// The number of the last.
    public var lastEntry: UInt64
    /// The log's size when the statement was made.
    public var logSize: UInt64
    /// The root of the log's tree of that size.
    public var logRoot: Digest32

    /// Makes a statement about nothing yet.
    public init(
        vault: String, principal: String, from: String, to: String, madeAt: String, logSize: UInt64,
        logRoot: Digest32
    ) {
        self.vault = vault
        self.principal = principal
        self.from = from
        self.to = to
        self.madeAt = madeAt
        self.logSize = logSize
        self.logRoot = logRoot
        (records, accesses, refusals, unreadableEntries) = (0, 0, 0, 0)
        (fields, compartments) = ([], [])
        (firstEntry, lastEntry) = (1, logSize)
    }

    /// The members that are signed.
    public var members: [JSONMember] {
        [
            JSONMember("format", .string(Self.format)),
            JSONMember("vault", .string(vault)),
            JSONMember("principal", .string(principal)),
            JSONMember("from", .string(from)),
            JSONMember("to", .string(to)),
            JSONMember("madeAt", .string(madeAt)),
            JSONMember("separation", .string(separation)),
            JSONMember("records", .number(String(records))),
            JSONMember("fields", .array(fields.map(\.json))),
            JSONMember("compartments", .array(compartments.map(\.json))),
            JSONMember("accesses", .number(String(accesses))),
            JSONMember("firstAccess", firstAccess.map(JSONValue.string) ?? .null),
            JSONMember("lastAccess", lastAccess.map(JSONValue.string) ?? .null),
            JSONMember("refusals", .number(String(refusals))),
            JSONMember("unreadableEntries", .number(String(unreadableEntries))),
            JSONMember("firstEntry", .number(String(firstEntry))),
            JSONMember("lastEntry", .number(String(lastEntry))),
            JSONMember("logSize", .number(String(logSize))),
            JSONMember("logRoot", .string(Base64.encode(logRoot.bytes))),
        ]
    }

    /// Whether a document is such a statement that the key of a log signed. All of it is signed.
    public static func isValid(_ document: JSONValue, key: PublicKey) -> Bool {
        // A member `log` would be passed over by the signature.
        document["format"]?.text == format && document["log"] == nil
            && SignedDocument.isValid(document, context: context, key: key)
    }
}

extension BreachScope.Field {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("field", .string(name)), JSONMember("compartment", .string(compartment)),
            JSONMember("records", .number(String(records))),
        ])
    }
}

extension BreachScope.Compartment {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("compartment", .string(name)),
            JSONMember("records", .number(String(records))),
        ])
    }
}
