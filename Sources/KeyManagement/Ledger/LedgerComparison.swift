/// How a replica of a ledger stands to the ledger.
enum LedgerComparison: Equatable {
    /// It holds the same.
    case same
    /// It is a beginning of the ledger: of what it has, so many bytes stay; the rest was torn.
    case behind(keeping: Int)
    /// The ledger is a beginning of it: it has this many entries more.
    case ahead(entries: UInt64)
    /// Both have an entry of this number, and not the same.
    case conflict(entry: UInt64)
    /// It has what no ledger of this vault has; where.
    case damaged(String)

    /// - Parameters:
    ///   - replica: The bytes of the replica's file.
    ///   - ledger: Those of the ledger's, to the end of its last whole entry.
    init(_ replica: [UInt8], to ledger: [UInt8], at path: String, _ authenticator: LedgerMAC) {
        if ledger.starts(with: replica) {
            self = replica.count == ledger.count ? .same : .behind(keeping: replica.count)
            return
        }
        do throws(KeyError) {
            let other = try LedgerContent(replica, at: path, authenticator)
            let whole = replica[..<other.head.byteCount]
            if ledger.starts(with: whole) {
                self = .behind(keeping: whole.count)
                return
            }
            let own = try LedgerContent(ledger, at: path, authenticator)
            let agreed = zip(own.entries, other.entries).prefix { $0 == $1 }.count
            self =
                whole.starts(with: ledger)
                ? .ahead(entries: other.head.number - own.head.number)
                : .conflict(entry: UInt64(agreed) + 1)
        } catch {
            self = .damaged(error.place)
        }
    }
}
