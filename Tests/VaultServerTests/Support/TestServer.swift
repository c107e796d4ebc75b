import Foundation
import Hummingbird
import Logging
import NIOPosix
import ServiceLifecycle
import Testing
import VaultAPI

@testable import VaultServer

/// The server on a socket of its own, with routes that only exercise the plumbing.
struct TestServer: Sendable {
    let path: String
    let directory: String
    let log: LogRecorder
    let clock: ManualClock
    let routes: TestRoutes
    let registry: PrometheusRegistry
    fileprivate let sweepers: ConnectionSweepers
    fileprivate let group: ServiceGroup

    /// Runs `body` beside a server, and stops the server after it.
    static func run(
        limits: ConnectionLimits = ConnectionLimits(), mode: UInt32 = 0o600,
        socketGroup: String? = nil, _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let directory = NSTemporaryDirectory() + "aitta-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await run(directory, limits, mode, socketGroup, body)
    }

    private static func run(
        _ directory: String, _ limits: ConnectionLimits, _ mode: UInt32, _ socketGroup: String?,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        let (log, clock, routes) = (LogRecorder(), ManualClock(), TestRoutes())
        let registry = PrometheusRegistry()
        let threads = MultiThreadedEventLoopGroup.singleton
        let sweepers = ConnectionSweepers(group: threads, clock: clock.clock)
        let state = ServerState()
        let socket = SocketFile(path: directory + "/s", mode: mode, group: socketGroup)
        let router = routes.router()
        let metrics = ServerMetrics(
            routes: router.routes.map { ($0.path.description, $0.method) }, factory: registry)
        let server = SocketServer(
            socket: socket, limits: limits,
            answering: RoutedAnswering(
                responder: router.buildResponder(),
                users: UserDirectory(clock: clock.clock), state: state, metrics: metrics,
                strangers: StrangerLimiter(
                    requestsPerSecond: limits.strangerRequestsPerSecond, clock: clock.clock),
                policy: routes, logger: log.logger),
            state: state, metrics: metrics, sweepers: sweepers, eventLoopGroup: threads,
            logger: log.logger,
            onReady: { continuation.finish() })
        let group = ServiceGroup(configuration: .init(services: [server], logger: log.logger))
        let running = TestServer(
            path: socket.path, directory: directory, log: log, clock: clock, routes: routes,
            registry: registry,
            sweepers: sweepers, group: group)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            for await _ in ready {}
            do {
                try await body(running)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Moves the clock, and lets the server see it.
    func advance(seconds: Double) async throws {
        clock.advance(seconds: seconds)
        try await sweepers.sweepNow()
    }

    /// Begins to stop.
    func shutDown() async {
        await group.triggerGracefulShutdown()
    }
}

extension TestServer {
    /// Waits until the server has read what was sent before, by asking over another connection of
    /// each event loop: what a loop was sent earlier, it has read when it answers.
    func settle(expecting condition: @Sendable () -> Bool = { true }) async throws {
        for _ in 0..<8 {
            try await RawClient.with(path) { client in
                let answer = try await client.ask("GET", "/healthz")
                #expect(answer?.status == 200)
            }
        }
        #expect(condition())
    }
}
