import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Sets up each connection that Hummingbird's server accepts, and runs its requests.
///
/// It takes the place of Hummingbird's `HTTP1Channel`, whose idle timer every body part resets,
/// which never gives up on a slow reader, and which answers what it can't parse with nothing.
struct VaultChannel<Answering: RequestAnswering>: ServerChildChannel {
    let limits: ConnectionLimits
    let registry: ConnectionRegistry
    let sweepers: ConnectionSweepers
    let metrics: ServerMetrics
    let answering: Answering

    /// A connection and the parts that arrive over it.
    struct Value: ServerChildChannelValue {
        let parts: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let connection: Connection
        var channel: any Channel { parts.channel }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        PeerCredentials.read(of: channel).flatMapThrowing { peer in
            let admission = registry.admit(uid: peer.uid)
            metrics.noteOpened()
            channel.closeFuture.whenComplete { _ in
                registry.release(uid: peer.uid, admission)
                metrics.noteClosed()
            }
            let connection = Connection(
                channel: channel, peer: peer, admission: admission,
                sweeper: sweepers[channel.eventLoop])
            return Value(parts: try pipeline(on: channel, connection), connection: connection)
        }
    }

    private func pipeline(
        on channel: any Channel, _ connection: Connection
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        let handler = ConnectionHandler(
            connection: connection, limits: limits, sweeper: sweepers[channel.eventLoop],
            metrics: metrics)
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerFields
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(FirstByteHandler(connection: handler))
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(handler)
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func handle(value: Value, logger: Logger) async {
        let requests = ConnectionRequests(connection: value.connection, answering: answering)
        await withTaskExecutorPreference(sweepers.executor(of: value.channel.eventLoop)) {
            await requests.handleHTTP(asyncChannel: value.parts, logger: logger)
        }
        value.connection.takeAnswer()?.delivered()
    }
}

/// Answers requests.
protocol RequestAnswering: Sendable {
    /// Answers one request of a connection. Failures are answers too.
    func answer(_ request: Request, over connection: Connection) async -> Response
}

/// Hummingbird's loop over the requests of one connection.
private struct ConnectionRequests: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder

    init(connection: Connection, answering: some RequestAnswering) {
        responder = { request, writer, _ in
            let response = await answering.answer(request, over: connection)
            try await writer.write(response: response.head, body: response.body)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
