/// A ledger's bytes at one moment, to the end of its last whole entry.
struct OwnLedger: Sendable {
    let bytes: [UInt8]
    let authenticator: LedgerMAC
    /// What else may authenticate a replica of it.
    let others: [LedgerMAC]
}

/// How a replica of a ledger stands to the ledger.
enum LedgerComparison: Equatable {
    /// It holds the same.
    case same
    /// It is a beginning of the ledger: of what it has, so many bytes stay; the rest was torn.
    case behind(keeping: Int)
    /// It says the same as the ledger or the beginning of that, by another key of the keyring.
    case underOtherKey
    /// The ledger is a beginning of it: it has this many entries more.
    case ahead(entries: UInt64)
    /// As ``ahead(entries:)``, by a key that the keyring lacks: so that nobody knows whether it is true.
    case aheadUnderUnknownKey(entries: UInt64)
    /// Both have an entry of this number, and not the same.
    case conflict(entry: UInt64)
    /// It has what no ledger of this vault has; where.
    case damaged(String)

    /// - Parameter replica: The bytes of the replica's file.
    init(_ replica: [UInt8], to ledger: OwnLedger, at path: String) {
        if ledger.bytes.starts(with: replica) {
            self =
                replica.count == ledger.bytes.count ? .same : .behind(keeping: replica.count)
            return
        }
        do throws(KeyError) {
            let other = try LedgerContent(replica, at: path, ledger.authenticator)
            let whole = replica[..<other.head.byteCount]
            if ledger.bytes.starts(with: whole) {
                self = .behind(keeping: whole.count)
            } else {
                let own = try LedgerContent(ledger.bytes, at: path, ledger.authenticator)
                self = Self(other.entries, to: own.entries)
            }
        } catch {
            self = Self(damaged: replica, to: ledger, at: error.place)
        }
    }

    /// What no key that made the ledger has made.
    private init(damaged replica: [UInt8], to ledger: OwnLedger, at place: String) {
        self = .damaged(place)
        guard let own = try? LedgerContent(ledger.bytes, at: place, ledger.authenticator) else {
            return
        }
        for authenticator in ledger.others {
            if let other = try? LedgerContent(replica, at: place, authenticator) {
                self =
                    own.entries.starts(with: other.entries)
                    ? .underOtherKey : Self(other.entries, to: own.entries)
                return
            }
        }
        let said = LedgerContent.unverifiedEntries(replica, of: ledger.authenticator.vault)
        if !own.entries.isEmpty, said.count > own.entries.count, said.starts(with: own.entries) {
            self = .aheadUnderUnknownKey(entries: UInt64(said.count - own.entries.count))
        }
    }

    private init(_ other: [LedgerEntry], to own: [LedgerEntry]) {
        let agreed = zip(own, other).prefix { $0 == $1 }.count
        self =
            agreed == own.count
            ? .ahead(entries: UInt64(other.count - own.count))
            : .conflict(entry: UInt64(agreed) + 1)
    }
}
