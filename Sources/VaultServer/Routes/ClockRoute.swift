import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `POST /v1/clock/confirmation`: somebody says that the clock is right, so that what is due by time goes on.
struct ClockRoute: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.clockConfirmation), use: confirm)
    }

    @Sendable private func confirm(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(RotateKeys.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let object = try RequestObject(
            try await request.json(within: bodyLimits), allowing: ["reason"])
        let isConfirmed = try await vault.confirmClock(
            proof, reason: try object.text("reason"))
        return .json(
            JSONValue.object([JSONMember("confirmed", .bool(isConfirmed))]).encoded())
    }
}
