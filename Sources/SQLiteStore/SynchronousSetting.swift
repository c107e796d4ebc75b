import GRDBSQLite
import Storage

/// The setting `synchronous` of a connection: whether its commits wait for the disk.
///
/// FULL when the connection is opened. SQLite carries the pragma out while it prepares the statement,
/// so that it can't be kept prepared.
final class SynchronousSetting {
    enum Level: String {
        case normal = "NORMAL"
        case full = "FULL"
    }

    private let connection: OpaquePointer
    private var level = Level.full

    init(_ connection: OpaquePointer) {
        self.connection = connection
    }

    /// Sets the level for the next transaction.
    func set(_ wanted: Level) throws(StoreError) {
        guard wanted != level else { return }
        let code = sqlite3_exec(
            connection, "PRAGMA synchronous = \(wanted.rawValue)", nil, nil, nil)
        guard code == SQLITE_OK else { throw storeError(code, place: "vault.db") }
        level = wanted
    }
}
