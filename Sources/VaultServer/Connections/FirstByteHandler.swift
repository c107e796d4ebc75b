import NIOCore

/// Tells the connection that bytes arrived, before the HTTP decoder waits for enough of them: the
/// deadline of a request counts from its first byte.
final class FirstByteHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.noteBytes()
        context.fireChannelRead(data)
    }
}
