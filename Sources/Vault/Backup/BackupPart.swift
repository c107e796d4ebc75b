/// The two parts of a backup: neither opens anything without the other and the keyring.
public enum BackupPart: String, Sendable, CaseIterable {
    /// The sealed fields of all records, and the audit log.
    case records
    /// Segment keys, key boxes, rights, tombstones, sealed states, certificates.
    case keys

    /// The byte that stands for it in a part's header.
    var code: UInt8 {
        switch self {
        case .records: 1
        case .keys: 2
        }
    }

    /// The name of a part's file: `keys-000012.aitta`.
    public func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        return "\(rawValue)-\(zeros)\(digits).aitta"
    }

    /// Which part a file name names, whether it is whole or not; `nil`: none.
    static func numbered(_ name: String) -> (part: BackupPart, number: UInt64)? {
        for part in allCases {
            let prefix = part.rawValue + "-"
            guard name.hasPrefix(prefix), let end = name.firstIndex(of: "."),
                [".aitta", ".aitta.partial"].contains(name[end...]),
                let number = UInt64(name.dropFirst(prefix.count).prefix(upTo: end)), number > 0
            else { continue }
            return (part, number)
        }
        return nil
    }

    /// The number of the part that a file name names; `nil` for another part's, or one that is not whole.
    func number(of name: String) -> UInt64? {
        guard name.hasSuffix(".aitta"), let found = Self.numbered(name), found.part == self else {
            return nil
        }
        return found.number
    }
}

/// What a chunk of a part holds (docs/FORMAT.md, "Backup parts").
enum BackupChunk: UInt8, Sendable {
    case manifest = 0
    case rows = 1
    case entries = 2
    case segments = 3
    case boxes = 4
    case tombstones = 5
    case states = 6
    case certificates = 7

    /// The part that it belongs to; `nil`: either.
    var part: BackupPart? {
        switch self {
        case .manifest: nil
        case .rows, .entries: .records
        case .segments, .boxes, .tombstones, .states, .certificates: .keys
        }
    }

    /// A chunk is closed once it has so many bytes.
    static let usualCount = 256 << 10
    /// The most bytes of a chunk: the largest row is one item.
    static let maximumCount = 32 << 20
    /// The most bytes of a manifest.
    static let maximumManifestCount = 1 << 20
    static let magic = Array("AITTABKP".utf8)
    static let format: UInt8 = 1
    static let headerCount = 26
}
