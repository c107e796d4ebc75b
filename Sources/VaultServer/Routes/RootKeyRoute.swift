import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `POST /v1/keys/root`: where the root key comes from, changed while everything is served.
struct RootKeyRoute: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.rootKey), use: change)
    }

    @Sendable private func change(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        // Whoever may not, their passphrase is wiped all the same.
        let passphrase = request.hasPassphrase ? try await request.passphrase() : nil
        let proof = try await vault.authorize(RotateKeys.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let change =
            if let passphrase {
                try await vault.changeRootKey(proof, to: passphrase)
            } else {
                try await vault.changeRootKey(
                    proof, to: try await request.json(within: bodyLimits))
            }
        return .json(change.json.encoded())
    }
}
