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
    private let server: SocketServer<SwitchedAnswering>

    /// Makes a server of an open vault; it serves once it is run.
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
        let parts = Parts(limits: limits, logger: logger, metrics: metrics)
        let answering = parts.answering(for: vault)
        self.init(
            answering: SwitchedAnswering(answering), metrics: answering.metrics, parts: parts,
            socket: socket, onReady: onReady)
    }

    /// Makes a server of a vault that waits for its passphrase: until `unsealing` has opened it, health is
    /// answered, and `POST /v1/unseal`. The parameters are those of an open vault's.
    public init(
        unsealing: any VaultUnsealing, socket: SocketFile,
        limits: ConnectionLimits = ConnectionLimits(), logger: Logger,
        metrics: PrometheusRegistry = PrometheusRegistry(),
        onReady: @escaping @Sendable () async -> Void = {}
    ) {
        let parts = Parts(limits: limits, logger: logger, metrics: metrics)
        let switched = SwitchedAnswering()
        let sealed = parts.answering(whileSealed: unsealing) { vault in
            switched.take(parts.answering(for: vault))
        }
        switched.take(sealed)
        self.init(
            answering: switched, metrics: sealed.metrics, parts: parts, socket: socket,
            onReady: onReady)
    }

    private init(
        answering: SwitchedAnswering, metrics: ServerMetrics, parts: Parts, socket: SocketFile,
        onReady: @escaping @Sendable () async -> Void
    ) {
        let threads = MultiThreadedEventLoopGroup.singleton
        server = SocketServer(
            socket: socket, limits: parts.limits, answering: answering, state: parts.state,
            metrics: metrics, sweepers: ConnectionSweepers(group: threads, clock: .system),
            eventLoopGroup: threads, logger: parts.logger, onReady: onReady)
    }

    /// Serves until the service group that runs it shuts down gracefully: requests that have begun
    /// are answered, connections close, and what is left after `limits.shutdownSeconds` is cut off.
    ///
    /// - Throws: `SocketError` where the socket can't be had.
    public func run() async throws {
        try await server.run()
    }
}

/// What sealed and open answering share.
private struct Parts: Sendable {
    let limits: ConnectionLimits
    let logger: Logger
    let metrics: PrometheusRegistry
    let state = ServerState()
    let users = UserDirectory()

    func answering(for vault: RecordVault) -> SwitchedAnswering.Answering {
        answering(
            by: vaultRouter(
                for: vault, limits: limits, state: state, users: users, metrics: metrics),
            policy: vault)
    }

    func answering(
        whileSealed unsealing: any VaultUnsealing, open: @escaping @Sendable (RecordVault) -> Void
    ) -> SwitchedAnswering.Answering {
        let route = UnsealRoute(
            unsealing: unsealing, attempts: UnsealAttempts(), logger: logger, open: open)
        return answering(by: sealedRouter(route, state: state), policy: SealedPolicy())
    }

    private func answering(
        by router: Router<VaultRequestContext>, policy: any CallerPolicy
    ) -> SwitchedAnswering.Answering {
        RoutedAnswering(
            responder: router.buildResponder(), users: users, state: state,
            metrics: ServerMetrics(
                routes: router.routes.map { ($0.path.description, $0.method) }, factory: metrics),
            strangers: StrangerLimiter(requestsPerSecond: limits.strangerRequestsPerSecond),
            policy: policy, logger: logger)
    }
}
