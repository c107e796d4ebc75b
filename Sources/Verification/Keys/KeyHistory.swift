public import Cryptography
public import StrictJSON

/// How a vault's signing keys followed each other: whoever trusts one of them learns from it which are in use
/// now (docs/FORMAT.md, "Key history").
public struct KeyHistory: Sendable, Equatable {
    /// The member `format` of the document.
    public static let format = "aitta-key-history/1"
    /// How many changes it takes: whoever verifies reads it whole, in each part of a backup.
    public static let maximumChanges = 256

    /// Oldest first; each goes on from the one before.
    public private(set) var changes: [KeyChange] = []

    /// The vault's id; `nil`, where no key ever changed.
    public var vault: String? { changes.first?.vault }

    /// The history of a vault whose keys are those that it began with.
    public init() {}

    /// Reads a history, and checks every signature in it.
    ///
    /// - Returns: `nil` for what is none, or has a change that the keys before it didn't sign.
    public init?(_ json: JSONValue) {
        guard json["format"]?.text == Self.format, let items = json["changes"]?.items
        else { return nil }
        for item in items {
            guard let change = KeyChange(item), append(change) else { return nil }
        }
    }

    /// Whether it takes another change.
    public var hasRoom: Bool { changes.count < Self.maximumChanges }

    /// Adds a change; `false` for one that doesn't go on from the last, or where there is no room.
    public mutating func append(_ change: KeyChange) -> Bool {
        guard hasRoom else { return false }
        if let last = changes.last {
            guard last.to == change.from, last.vault == change.vault, last.epoch < change.epoch
            else { return false }
        }
        changes.append(change)
        return true
    }

    /// Adds the statement that nothing is left under the keys before the last change; `false` where it isn't
    /// signed by those after it.
    public mutating func complete(_ statement: JSONValue) -> Bool {
        guard let last = changes.popLast() else { return false }
        let completed = last.completed(by: statement)
        changes.append(completed ?? last)
        return completed != nil
    }

    /// The keys that follow those with this certificate key, up to the newest.
    ///
    /// - Returns: None where it is the newest, or not in this history.
    public func successors(ofCertificateKey key: PublicKey) -> [SigningKeys] {
        changes.drop { $0.from.certificates != key }.map(\.to)
    }

    /// The keys from which it leads to those with this certificate key, oldest first.
    public func predecessors(ofCertificateKey key: PublicKey) -> [SigningKeys] {
        guard let last = changes.lastIndex(where: { $0.to.certificates == key }) else { return [] }
        return changes[...last].map(\.from)
    }

    /// The keys that follow those with this log key, up to the newest.
    ///
    /// - Returns: None where it is the newest, or not in this history.
    public func successors(ofLogKey key: PublicKey) -> [SigningKeys] {
        changes.drop { $0.from.log != key }.map(\.to)
    }

    /// The document.
    public var json: JSONValue {
        .object([
            JSONMember("format", .string(Self.format)),
            JSONMember("changes", .array(changes.map(\.json))),
        ])
    }
}

/// The public halves of a vault's signing keys.
public struct SigningKeys: Sendable, Equatable {
    /// Signs certificates, and who signs backups.
    public let certificates: PublicKey
    /// Signs checkpoints of the log.
    public let log: PublicKey
    /// Signs backups.
    public let backups: PublicKey

    /// Names the three.
    public init(certificates: PublicKey, log: PublicKey, backups: PublicKey) {
        self.certificates = certificates
        self.log = log
        self.backups = backups
    }

    init?(_ json: JSONValue?) {
        func key(_ name: String) -> PublicKey? {
            json?[name]?.text.flatMap(Base64.decode).flatMap { try? PublicKey($0) }
        }
        guard json?.members?.count == 3, let certificates = key("certificates"),
            let log = key("log"), let backups = key("backups")
        else { return nil }
        self.init(certificates: certificates, log: log, backups: backups)
    }

    var json: JSONValue {
        .object(
            [("certificates", certificates), ("log", log), ("backups", backups)].map {
                JSONMember($0.0, .string(Base64.encode($0.1.bytes)))
            })
    }
}
