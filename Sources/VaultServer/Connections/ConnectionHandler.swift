import HTTPTypes
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import VaultAPI

/// Stands between the HTTP decoder and the routes of one connection.
///
/// Inwards it hands on whole requests only, so that a slow, oversized or broken one never reaches
/// a route; outwards it writes whole answers, and tells who waits for it when an answer has been
/// handed to the kernel. What is overdue it closes.
///
/// A connection serves until something ends it; nothing leads back.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = IOData

    let connection: Connection
    let limits: ConnectionLimits
    let sweeper: ConnectionSweeper
    let metrics: ServerMetrics
    var context: ChannelHandlerContext?

    var phase = Phase.serving
    var assembly: RequestAssembly
    var responseHead: HTTPResponse?
    var responseBody = ByteBuffer()
    /// Requests handed to the routes and not yet answered.
    var unanswered = 0
    /// Answers written and not yet taken by the kernel.
    var undelivered = 0
    /// Whether part of a request has arrived.
    var isReading = false
    /// Whether the connection ends once nothing is due.
    var endsAfterAnswers = false
    /// The moments from which the deadlines count, in the sweeper's milliseconds.
    var requestBegan: Int64
    var answerBegan: Int64
    var lastActivity: Int64
    var closesAt = Int64.max

    enum Phase {
        case serving
        /// Takes no further request, and ends with the last answer due.
        case finishing
        /// Waits for the answers due before it can say why it closes.
        case refusing(Problem)
        /// Has said all; waits shortly for the client to read it and to close.
        case ending
    }

    init(
        connection: Connection, limits: ConnectionLimits, sweeper: ConnectionSweeper,
        metrics: ServerMetrics
    ) {
        self.connection = connection
        self.limits = limits
        self.sweeper = sweeper
        self.metrics = metrics
        assembly = RequestAssembly(limits: limits)
        let now = sweeper.nowMilliseconds
        requestBegan = now
        answerBegan = now
        lastActivity = now
        endsAfterAnswers = connection.admission != .full
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        sweeper.add(self)
        if context.channel.isActive { refuseIfNotAdmitted() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        sweeper.remove(self)
        self.context = nil
        connection.takeAnswer()?.delivered()
    }

    func channelActive(context: ChannelHandlerContext) {
        refuseIfNotAdmitted()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.takeAnswer()?.delivered()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .serving = phase else { return }
        do throws(Problem) {
            switch try assembly.read(unwrapInboundIn(data), for: connection.admission) {
            case .incomplete: break
            case .wantsContinue: write(AnswerEncoder.continueLine, context)
            case .request(let head, let body, let isLast):
                hand(head, body, isLast: isLast, context)
            }
        } catch {
            refuse(error)
        }
    }

    private func hand(
        _ head: HTTPRequest, _ body: ByteBuffer?, isLast: Bool, _ context: ChannelHandlerContext
    ) {
        isReading = false
        unanswered += 1
        if isLast { phase = .finishing }
        context.fireChannelRead(wrapInboundOut(.head(head)))
        if let body { context.fireChannelRead(wrapInboundOut(.body(body))) }
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    /// What the HTTP decoder can't read is answered here, in the order of requests. What follows
    /// can't be read either.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case .serving = phase else { return }
        switch error {
        case HTTPParserError.headerOverflow: refuse(Problem(.headerTooLarge))
        case is HTTPParserError: refuse(Problem(.malformedRequest, detail: "not HTTP/1.1"))
        default: context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: drain()
        case ChannelEvent.inputClosed where isEnding: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private var isEnding: Bool {
        if case .ending = phase { true } else { false }
    }
}
