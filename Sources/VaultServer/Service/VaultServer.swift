import Hummingbird
public import Logging
import NIOPosix
public import ServiceLifecycle
import StrictJSON
public import Vault
import VaultAPI

/// Answers HTTP/1.1 over a Unix socket with what the vault says (docs/openapi.yaml).
///
/// Who calls comes from the kernel, which routes there are from `Routes/`, and what goes wrong on
/// the way is answered as `application/problem+json` that never repeats what was sent.
public struct VaultServer: Service {
    private let server: SocketServer<RoutedAnswering<RouterResponder<VaultRequestContext>>>

    /// Makes a server; it serves once it is run.
    ///
    /// - Parameters:
    ///   - vault: The vault, opened. Whoever opened it holds the lock on its state; without it no
    ///     server may be run, since an existing socket is removed.
    ///   - socket: Where it listens, and who may connect.
    ///   - limits: What one client, or all together, may take.
    ///   - logger: Where it reports. See `JSONLogHandler`.
    ///   - metrics: Where it counts, and what `/metrics` answers.
    ///   - onReady: Called once clients can connect.
    public init(
        vault: RecordVault, socket: SocketFile, limits: ConnectionLimits = ConnectionLimits(),
        logger: Logger, metrics: PrometheusRegistry = PrometheusRegistry(),
        onReady: @escaping @Sendable () async -> Void = {}
    ) {
        let state = ServerState()
        let threads = MultiThreadedEventLoopGroup.singleton
        let users = UserDirectory()
        let router = vaultRouter(
            for: vault, limits: limits, state: state, users: users, metrics: metrics)
        let serverMetrics = ServerMetrics(
            routes: router.routes.map { ($0.path.description, $0.method) }, factory: metrics)
        server = SocketServer(
            socket: socket, limits: limits,
            answering: RoutedAnswering(
                responder: router.buildResponder(), users: users, state: state,
                metrics: serverMetrics,
                strangers: StrangerLimiter(requestsPerSecond: limits.strangerRequestsPerSecond),
                policy: vault, logger: logger),
            state: state, metrics: serverMetrics,
            sweepers: ConnectionSweepers(group: threads, clock: .system),
            eventLoopGroup: threads, logger: logger, onReady: onReady)
    }

    /// Serves until the service group that runs it shuts down gracefully: requests that have begun
    /// are answered, connections close, and what is left after `limits.shutdownSeconds` is cut off.
    ///
    /// - Throws: `SocketError` where the socket can't be had.
    public func run() async throws {
        try await server.run()
    }
}
