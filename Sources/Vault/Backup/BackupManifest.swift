public import Cryptography
public import KeyManagement
import StrictJSON
public import Verification

/// What a part says of itself, signed by the vault's backup key, whose own statement the certificate
/// key signs: the public key that `aittad init` printed is enough to check it (docs/FORMAT.md, "Backup
/// parts").
public struct BackupManifest: Sendable, Equatable {
    static let format = "aitta-backup/1"
    static let context = "aitta.backup.v1"
    static let keyFormat = "aitta-backup-key/1"
    static let keyContext = "aitta.backup-key.v1"

    /// How much a part holds.
    public struct Counts: Sendable, Equatable {
        /// Rows of records.
        public var rows = 0
        /// Audit entries.
        public var entries = 0
        /// Segment keys.
        public var segments = 0
        /// Key boxes.
        public var boxes = 0
        /// Key boxes that did not open when they were written.
        public var damagedBoxes = 0
        /// Tombstones.
        public var tombstones = 0
        /// Sealed states.
        public var states = 0
        /// Certificates.
        public var certificates = 0
        /// Live records in the vault.
        public var records = 0
        /// The number of the vault's last certificate.
        public var lastCertificate: UInt64 = 0
    }

    /// The part that this one builds on.
    public struct Base: Sendable, Equatable {
        /// Its number.
        public var number: UInt64
        /// The digest of its manifest.
        public var digest: Digest32
    }

    /// The vault.
    public var vault: VaultID
    /// Which part.
    public var part: BackupPart
    /// Counted from 1 for each of both parts, over all directories.
    public var number: UInt64
    /// The part before, if this one holds only what changed since.
    public var base: Base?
    /// The oldest epoch whose KEK opens a segment key in it; of a records part the newest epoch.
    public var epoch: UInt64
    /// The generation of the keyring.
    public var keyringGeneration: UInt64
    /// When it was made, RFC 3339.
    public var madeAt: String
    /// The origin of the audit log.
    public var logOrigin: String
    /// The log up to which it is complete.
    public var log: TreeHead
    /// The version of the access policy.
    public var policyVersion: UInt64
    /// How much it holds.
    public var counts: Counts
    /// SHA-256 of the segment chunks' bodies; of a records part that of nothing.
    public var segmentsDigest: Digest32
    /// How many chunks stand before the manifest.
    public var chunks: UInt64
    /// The root of the tree over them.
    public var root: Digest32
    /// Who signs.
    public var backupKey: PublicKey
    /// The certificate keys that are trusted by the one it was read with, and by its key history.
    public private(set) var trustedKeys: [PublicKey] = []

    /// The members but for statement and signature.
    private var members: [JSONMember] {
        func number(_ name: String, _ value: some BinaryInteger) -> JSONMember {
            JSONMember(name, .number(String(value)))
        }
        func digest(_ name: String, _ value: Digest32?) -> JSONMember {
            JSONMember(name, value.map { .string(Base64.encode($0.bytes)) } ?? .null)
        }
        return [
            JSONMember("format", .string(Self.format)),
            JSONMember("vault", .string(vault.description)),
            JSONMember("part", .string(part.rawValue)),
            number("number", self.number),
            JSONMember("base", base.map { .number(String($0.number)) } ?? .null),
            digest("baseDigest", base?.digest),
            number("epoch", epoch),
            number("keyringGeneration", keyringGeneration),
            JSONMember("madeAt", .string(madeAt)),
            JSONMember("logOrigin", .string(logOrigin)),
            number("logSize", log.size),
            digest("logRoot", log.root),
            number("policyVersion", policyVersion),
            JSONMember("counts", .object(countMembers)),
            digest("segmentsDigest", segmentsDigest),
            number("chunks", chunks),
            digest("root", root),
            JSONMember("backupKey", .string(Base64.encode(backupKey.bytes))),
        ]
    }

    private var countMembers: [JSONMember] {
        let numbers: [(String, UInt64)] =
            Self.countNames.map { ($0.0, UInt64(counts[keyPath: $0.1])) }
            + [("lastCertificate", counts.lastCertificate)]
        return numbers.map { JSONMember($0.0, .number(String($0.1))) }
    }

    private static var countNames: [(String, WritableKeyPath<Counts, Int>)] {
        [
            ("rows", \.rows), ("entries", \.entries), ("segments", \.segments), ("boxes", \.boxes),
            ("damagedBoxes", \.damagedBoxes), ("tombstones", \.tombstones), ("states", \.states),
            ("certificates", \.certificates), ("records", \.records),
        ]
    }
}

extension BackupManifest {
    /// The manifest as a document, signed.
    ///
    /// - Parameter history: Leads from earlier certificate keys to the keyring's.
    func signed(
        by keyring: Keyring, _ history: KeyHistory
    ) throws(BackupFailure) -> (document: [UInt8], digest: Digest32) {
        do throws(JSONError) {
            let statement: [JSONMember] = [
                JSONMember("format", .string(Self.keyFormat)),
                JSONMember("vault", .string(vault.description)),
                JSONMember("backupKey", .string(Base64.encode(backupKey.bytes))),
            ]
            let signedStatement = SignedDocument.signed(
                statement,
                signature: keyring.certificateKey.sign(
                    try SignedDocument.message(of: statement, context: Self.keyContext)),
                by: keyring.certificateKey.publicKey)
            var members = members + [JSONMember("keyStatement", signedStatement)]
            if !history.changes.isEmpty { members.append(JSONMember("keyHistory", history.json)) }
            let message = try SignedDocument.message(of: members, context: Self.context)
            let document = SignedDocument.signed(
                members, signature: keyring.backupKey.sign(message),
                by: keyring.backupKey.publicKey)
            return (document.encoded(), SHA256.hash(message))
        } catch {
            throw BackupFailure(.notWritten, at: "manifest")
        }
    }

    /// Reads a manifest, and its digest.
    ///
    /// - Parameter certificateKey: The public key that `aittad init` printed, or one that followed it.
    /// - Throws: ``BackupFailure/Code/badSignature`` unless it, or one that follows it by the part's key
    ///   history, signed the backup key, and that all of the manifest.
    static func verified(
        _ document: [UInt8], certificateKey: PublicKey, place: String
    ) throws(BackupFailure) -> (manifest: BackupManifest, digest: Digest32) {
        let limits = JSONLimits(
            maximumBytes: BackupChunk.maximumManifestCount, maximumDepth: 8,
            maximumElements: 1 << 14)
        guard let json = try? JSONParser.parse(document, limits: limits),
            var manifest = BackupManifest(json)
        else { throw BackupFailure(.damaged, at: "\(place): manifest") }
        let trusted = trusted(certificateKey, by: json)
        // A member `log` would be passed over by the signature.
        guard let statement = json["keyStatement"], json["log"] == nil, statement["log"] == nil,
            statement["format"]?.text == keyFormat,
            statement["vault"]?.text == manifest.vault.description,
            statement["backupKey"]?.text == Base64.encode(manifest.backupKey.bytes),
            trusted.contains(where: {
                SignedDocument.isValid(statement, context: keyContext, key: $0)
            }),
            SignedDocument.isValid(json, context: context, key: manifest.backupKey),
            let message = SignedDocument.message(of: json, context: context)
        else {
            throw BackupFailure(
                .badSignature, at: place,
                hint: "it was altered, or is another vault's: take a copy that is as it was written"
            )
        }
        manifest.trustedKeys = trusted
        return (manifest, SHA256.hash(message))
    }

    /// A key, and those that follow it by a history that each of them signed.
    private static func trusted(_ key: PublicKey, by json: JSONValue) -> [PublicKey] {
        guard let history = json["keyHistory"].flatMap(KeyHistory.init),
            history.changes.allSatisfy({ $0.vault == json["vault"]?.text })
        else { return [key] }
        return [key] + history.successors(ofCertificateKey: key).map(\.certificates)
    }

    private init?(_ json: JSONValue) {
        func number(_ name: String) -> UInt64? {
            json[name]?.integer.flatMap { UInt64(exactly: $0) }
        }
        func digest(_ name: String) -> Digest32? {
            json[name]?.text.flatMap(Base64.decode).flatMap { Digest32($0) }
        }
        guard json["format"]?.text == Self.format,
            let vault = json["vault"]?.text.flatMap({ VaultID($0) }),
            let part = json["part"]?.text.flatMap(BackupPart.init(rawValue:)),
            let ownNumber = number("number"), ownNumber > 0, let base = json["base"],
            let epoch = number("epoch"), let generation = number("keyringGeneration"),
            let madeAt = json["madeAt"]?.text, let origin = json["logOrigin"]?.text,
            let logSize = number("logSize"), let logRoot = digest("logRoot"),
            let policyVersion = number("policyVersion"),
            let segmentsDigest = digest("segmentsDigest"), let chunks = number("chunks"),
            let root = digest("root"),
            let key = json["backupKey"]?.text.flatMap(Base64.decode)
                .flatMap({ try? PublicKey($0) })
        else { return nil }
        if base.isNull {
            self.base = nil
        } else {
            guard let number = number("base"), number < ownNumber,
                let digest = digest("baseDigest")
            else { return nil }
            self.base = Base(number: number, digest: digest)
        }
        var counts = Counts()
        for (name, path) in Self.countNames {
            guard let count = json["counts"]?[name]?.integer.flatMap({ Int(exactly: $0) }),
                count >= 0
            else { return nil }
            counts[keyPath: path] = count
        }
        guard
            let last = json["counts"]?["lastCertificate"]?.integer
                .flatMap({ UInt64(exactly: $0) })
        else { return nil }
        counts.lastCertificate = last
        self.vault = vault
        self.part = part
        self.number = ownNumber
        self.epoch = epoch
        keyringGeneration = generation
        self.madeAt = madeAt
        logOrigin = origin
        log = TreeHead(size: logSize, root: logRoot)
        self.policyVersion = policyVersion
        self.counts = counts
        self.segmentsDigest = segmentsDigest
        self.chunks = chunks
        self.root = root
        backupKey = key
    }
}
