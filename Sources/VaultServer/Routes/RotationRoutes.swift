import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/keys/rotation`: a rotation, started here and asked about until it is final.
struct RotationRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.rotation), use: show)
        router.post(RouterPath(APIPath.rotation), use: start)
    }

    @Sendable private func show(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        .json(vault.rotationStatus(try await authorize(request, context)).encoded())
    }

    @Sendable private func start(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let object = try RequestObject(
            try await request.json(within: bodyLimits),
            allowing: ["scheduled", "deep", "recordsPerSecond"])
        let isBegun = try await vault.startRotation(proof, try rotationRequest(object))
        return .json(
            vault.rotationStatus(proof, isBegun: isBegun).encoded(), status: .accepted)
    }

    private func rotationRequest(_ object: RequestObject) throws -> RotationRequest {
        let isScheduled = try object.flag("scheduled")
        let isDeep = try object.flag("deep")
        let pace = try object.integer("recordsPerSecond", in: 1...1_000_000)
        // A timer makes nothing anew that only a suspected leak calls for.
        guard !isDeep || !isScheduled else { throw object.invalid("deep", rule: "not-scheduled") }
        guard isDeep || pace == nil else { throw object.invalid("recordsPerSecond", rule: "deep") }
        return RotationRequest(
            isDeep: isDeep, isScheduled: isScheduled,
            pace: RotationPace(recordsPerSecond: pace.map { Int($0) }))
    }

    private func authorize(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Authorized<RotateKeys> {
        let proof = try await vault.authorize(RotateKeys.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return proof
    }
}
