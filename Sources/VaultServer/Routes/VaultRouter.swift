import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// All routes.
func vaultRouter(
    for vault: RecordVault, limits: ConnectionLimits, state: ServerState, users: UserDirectory,
    metrics: PrometheusRegistry
) -> Router<VaultRequestContext> {
    let bodyLimits = JSONLimits(
        maximumBytes: limits.bodyBytes, maximumDepth: APILimits.jsonDepth)
    let router = Router(context: VaultRequestContext.self)
    HealthRoutes(readiness: { vault.readiness }, state: state).add(to: router)
    RecordRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    SearchRoute(vault: vault, bodyLimits: bodyLimits).add(to: router)
    BatchRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    ErasureRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    ConsentRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    RestrictionRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    ProtectionRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    HoldRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    GrantRoutes(vault: vault, bodyLimits: bodyLimits, users: users).add(to: router)
    TokenRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    RoleRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    VaultRoutes(vault: vault).add(to: router)
    RotationRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    ClockRoute(vault: vault, bodyLimits: bodyLimits).add(to: router)
    RootKeyRoute(vault: vault, bodyLimits: bodyLimits).add(to: router)
    BackupRoutes(vault: vault, bodyLimits: bodyLimits).add(to: router)
    ReportRoutes(vault: vault).add(to: router)
    MetricsRoute(vault: vault, registry: metrics).add(to: router)
    OpenAPIRoute().add(to: router)
    OpenedRoute().add(to: router)
    router.add(middleware: UnknownRoute(after: router))
    return router
}
