import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/backups`: backups and drills, started here and asked about until they are done.
struct BackupRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.backups), use: show)
        router.post(RouterPath(APIPath.backups), use: start)
        router.post(RouterPath(APIPath.backupDrill), use: drill)
    }

    @Sendable private func show(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        return .json(vault.backups(proof).encoded())
    }

    @Sendable private func start(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let directory = try await directory(request)
        return .json(
            try await vault.startBackup(proof, directory: directory).encoded(), status: .accepted)
    }

    @Sendable private func drill(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let directory = try await directory(request)
        return .json(
            try await vault.startDrill(proof, directory: directory).encoded(), status: .accepted)
    }

    private func authorize(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Authorized<BackUp> {
        let proof = try await vault.authorize(BackUp.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return proof
    }

    private func directory(_ request: Request) async throws -> String? {
        let body = try await request.json(within: bodyLimits)
        let object = try RequestObject(body, allowing: ["directory"])
        let directory = try object.optionalText("directory")
        guard directory.map({ 1...APILimits.pathBytes ~= $0.utf8.count }) ?? true else {
            throw object.invalid("directory", rule: "length-1-\(APILimits.pathBytes)")
        }
        return directory
    }
}
