import NIOHTTP1
public import StrictJSON
import VaultAPI

extension VaultClient {
    /// What runs, what came of the last backup and drill, and the parts that there are.
    ///
    /// - Returns: `{"running","lastBackup","lastDrill","parts"}` (docs/openapi.yaml, Backups).
    public func backups() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.backups))
    }

    /// Starts a backup; ``backups()`` says how far it is, and what came of it.
    ///
    /// - Parameter directory: Where to, on the daemon's machine; nil: to all configured directories.
    public func startBackup(directory: String? = nil) async throws(VaultClientError) -> JSONValue {
        try await start(APIPath.backups, directory)
    }

    /// Starts the rehearsal of a restore.
    ///
    /// - Parameter directory: Whose parts; nil: of the first configured directory.
    public func startBackupDrill(
        directory: String? = nil
    ) async throws(VaultClientError) -> JSONValue {
        try await start(APIPath.backupDrill, directory)
    }

    /// Puts grants in force again that a restore has suspended.
    ///
    /// - Returns: `{"version","confirmed"}`.
    public func confirmGrants() async throws(VaultClientError) -> JSONValue {
        try await json(
            Exchange(method: .POST, path: APIPath.grantConfirmation, isRepeatable: false))
    }

    private func start(
        _ path: String, _ directory: String?
    ) async throws(VaultClientError) -> JSONValue {
        let members = directory.map { [JSONMember("directory", .string($0))] } ?? []
        return try await json(
            Exchange(
                method: .POST, path: path, body: JSONValue.object(members).encoded(),
                isRepeatable: false))
    }
}
