import Glibc
import KeyManagement
import SQLiteStore
import Storage
import Vault

/// The place of drills: a directory (0700) in the state directory, which opens nothing by itself and is
/// removed after each drill and at each start.
struct DrillDirectory: DrillGround {
    private static let name = "drill"

    private let path: String
    private let keys: KeyringDirectory

    init(state: String, keys: KeyringDirectory) {
        path = state + "/" + Self.name
        self.keys = keys
        remove()
    }

    func begin() async throws -> any VaultStore {
        remove()
        guard mkdir(path, 0o700) == 0 else {
            throw BackupFailure(.notWritten, at: path, hint: String(cString: strerror(errno)))
        }
        return try SQLiteStore.create(at: path)
    }

    func ledger(of keyring: Keyring) throws -> (ledger: Ledger, entries: [LedgerEntry]) {
        try keys.copyLedger(to: path + "/ledger")
        return try Ledger.open(at: path + "/ledger", keyring: keyring)
    }

    func end(_ store: (any VaultStore)?) async {
        await store?.close()
        remove()
    }

    func escrow() throws -> [UInt8]? { try keys.escrow() }

    /// Whatever lies there: a drill that a crash cut short may have left any file that a store ever makes.
    private func remove() {
        for name in fileNames(in: path) ?? [] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
