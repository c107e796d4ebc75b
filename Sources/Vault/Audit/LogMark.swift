import Cryptography
import KeyManagement
import Storage
import Verification

/// How the log in the database stands to the last mark of it in the ledger, which lies elsewhere.
enum LogStanding: String, Sendable {
    /// The log holds all that the mark says.
    case intact
    /// It is shorter: the database is an older one, or the log's end was cut off.
    case shorter
    /// Entries from before the mark are not what they were.
    case altered

    init(
        of tree: LogTree, in store: any VaultStore, ledger entries: [LedgerEntry]
    ) async throws(VaultError) {
        guard let mark = LedgerEntry.lastLogMark(in: entries) else {
            self = .intact
            return
        }
        guard mark.size <= tree.head.size else {
            self = .shorter
            return
        }
        let root = try await tree.root(ofFirst: mark.size, from: store)
        self = root?.bytes == mark.root ? .intact : .altered
    }
}

extension LedgerEntry {
    fileprivate static func lastLogMark(
        in entries: [LedgerEntry]
    ) -> (size: UInt64, root: [UInt8])? {
        for entry in entries.reversed() {
            if case .logMark(let size, let root) = entry.event { return (size, root) }
        }
        return nil
    }
}

extension TreeHead {
    /// The head as the ledger keeps it.
    var mark: LedgerEvent { .logMark(size: size, root: root.bytes) }
}
