import HTTPTypes
import Hummingbird
import NIOCore
import Vault
import VaultAPI

/// `/metrics`: what the daemon measures, as Prometheus' text.
struct MetricsRoute: Sendable {
    let vault: RecordVault
    let registry: PrometheusRegistry

    private let process: ProcessMetrics

    init(vault: RecordVault, registry: PrometheusRegistry) {
        self.vault = vault
        self.registry = registry
        process = ProcessMetrics(factory: registry)
    }

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.metrics), use: metrics)
    }

    @Sendable private func metrics(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadMetrics.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        try await vault.observe(proof)
        process.observe()
        var fields = HTTPFields()
        fields.append(.contentType, APIMediaType.prometheus)
        fields.append(.cacheControl, "no-store")
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: registry.text())))
    }
}
