import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a Unix socket that answers by a script and remembers what it was asked.
final class ScriptedServer: Sendable {
    /// What happens to a request.
    enum Reply: Sendable {
        case answer(Int, String)
        /// The connection is closed without an answer.
        case hangUp
    }

    struct Request: Sendable {
        var method: String
        var uri: String
        var headers: [(name: String, value: String)]
        var body: String

        /// The values of a header.
        func header(_ name: String) -> [String] {
            headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
    }

    let path: String
    private let script: @Sendable (_ number: Int) -> Reply
    private let asked = Mutex<[Request]>([])
    private let channel = Mutex<(any Channel)?>(nil)

    /// - Parameter script: the reply to the n-th request, from 1.
    init(path: String, script: @escaping @Sendable (_ number: Int) -> Reply) async throws {
        self.path = path
        self.script = script
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(server: self))
                }
            }
        let bound = try await bootstrap.bind(unixDomainSocketPath: path).get()
        channel.withLock { $0 = bound }
    }

    /// What it was asked, in order.
    var requests: [Request] { asked.withLock { $0 } }

    func stop() async throws {
        try await channel.withLock { $0 }?.close()
    }

    fileprivate func reply(to request: Request) -> Reply {
        script(
            asked.withLock { asked in
                asked.append(request)
                return asked.count
            })
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: ScriptedServer
        private var request: Request?

        init(server: ScriptedServer) {
            self.server = server
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(
                    method: head.method.rawValue, uri: head.uri, headers: Array(head.headers),
                    body: "")
            case .body(let part): request?.body += String(buffer: part)
            case .end:
                guard let request else { return }
                switch server.reply(to: request) {
                case .hangUp: context.close(promise: nil)
                case .answer(let status, let body): answer(status, body, context)
                }
            }
        }

        private func answer(_ status: Int, _ body: String, _ context: ChannelHandlerContext) {
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status),
                headers: ["Content-Length": String(body.utf8.count)])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let buffer = IOData.byteBuffer(ByteBuffer(string: body))
            context.write(wrapOutboundOut(.body(buffer)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
