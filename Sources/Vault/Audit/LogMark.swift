import Cryptography
import KeyManagement
import Storage
import Verification

/// How the log in the database stands to the marks of it in the ledger, which lies elsewhere.
///
/// All marks count since the log was last restarted: what was once cut off or altered is so for good, however often the vault was
/// started since.
enum LogStanding: String, Sendable {
    /// The log holds all that the marks say.
    case intact
    /// It is shorter: the database is an older one, or the log's end was cut off.
    case shorter
    /// Entries from before a mark are not what they were.
    case altered

    /// Reads the whole log, and holds it against the marks on the way.
    static func load(
        from store: any VaultStore, ledger entries: [LedgerEntry]
    ) async throws(StoreError) -> (tree: LogTree, standing: LogStanding) {
        var marks: [UInt64: Set<[UInt8]>] = [:]
        for event in entries.map(\.event) {
            switch event {
            case .logMark(let size, let root): marks[size, default: []].insert(root)
            case .logRestarted(_, _, _, let size, let root): marks = [size: [root]]
            default: continue
            }
        }
        var isAltered = false
        let tree = try await LogTree.load(from: store, sizes: marks.keys.sorted()) { head in
            if marks[head.size] != [head.root.bytes] { isAltered = true }
        }
        if isAltered { return (tree, .altered) }
        let isShorter = tree.size < marks.keys.max() ?? 0
        return (tree, isShorter ? .shorter : .intact)
    }
}

extension TreeHead {
    /// The head as the ledger keeps it.
    var mark: LedgerEvent { .logMark(size: size, root: root.bytes) }
}
