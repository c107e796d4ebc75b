import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Serves requests over a Unix socket, whoever answers them.
struct SocketServer<Answering: RequestAnswering>: Service {
    let socket: SocketFile
    let limits: ConnectionLimits
    let answering: Answering
    let state: ServerState
    let metrics: ServerMetrics
    let sweepers: ConnectionSweepers
    let eventLoopGroup: any EventLoopGroup
    let logger: Logger
    let onReady: @Sendable () async -> Void

    /// As many connections may wait to be accepted.
    private static var backlog: Int { 512 }

    /// Serves until a graceful shutdown, and returns once every connection is closed: at the latest
    /// `limits.shutdownSeconds` after it, unless an operation of the vault takes longer.
    ///
    /// The file mode creation mask of the process stays 0077 for good: whatever it creates is its
    /// own.
    func run() async throws {
        umask(0o077)
        try socket.checkDirectory()
        try FileDescriptorLimit.require(
            connections: limits.connections + limits.connectionsForHealth)
        let failure = SocketFailure()
        let server = Server(
            childChannelSetup: VaultChannel(
                limits: limits, registry: ConnectionRegistry(limits: limits), sweepers: sweepers,
                metrics: metrics, answering: answering),
            configuration: ServerConfiguration(
                address: .unixDomainSocket(path: socket.path), backlog: Self.backlog),
            onServerRunning: { await open($0, failure) }, eventLoopGroup: eventLoopGroup,
            logger: logger)
        try await withGracefulShutdownHandler {
            try await sweepers.sweeping { try await server.run() }
        } onGracefulShutdown: {
            state.drain()
        }
        socket.remove()
        try failure.rethrow()
    }

    private func open(_ channel: any Channel, _ failure: SocketFailure) async {
        do throws(SocketError) {
            try socket.open()
            await onReady()
        } catch {
            failure.note(error)
            channel.close(promise: nil)
        }
    }
}

/// Carries an error out of Hummingbird's callback, which can't throw.
private final class SocketFailure: Sendable {
    private let error = Mutex<SocketError?>(nil)

    func note(_ error: SocketError) { self.error.withLock { $0 = error } }

    func rethrow() throws(SocketError) {
        if let error = error.withLock({ $0 }) { throw error }
    }
}
