import HTTPTypes
import NIOCore
import NIOHTTPTypes
import VaultAPI

/// Writing: answers from the routes, and refusals.
extension ConnectionHandler {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            responseHead = head
            promise?.succeed()
        case .body(var part):
            if responseBody.readableBytes == 0 {
                responseBody = part
            } else {
                responseBody.writeBuffer(&part)
            }
            promise?.succeed()
        case .end:
            guard let head = responseHead else {
                promise?.fail(ChannelError.operationUnsupported)
                return
            }
            responseHead = nil
            let body = responseBody
            responseBody = ByteBuffer()
            unanswered -= 1
            isLastAnswer ? end(head, body, promise, context) : answer(head, body, promise, context)
        }
    }

    /// Stops serving: what arrives from now on is dropped, and once the answers due are written,
    /// `problem` follows as the last.
    func refuse(_ problem: Problem) {
        phase = .refusing(problem)
        isReading = false
        if unanswered == 0 { writeRefusal(problem) }
    }

    func refuseIfNotAdmitted() {
        guard connection.admission == .refused, case .serving = phase else { return }
        refuse(Problem(.tooManyConnections))
    }

    /// Serves what has begun, and nothing after it.
    func drain() {
        endsAfterAnswers = true
        closesAt = sweeper.nowMilliseconds + Int64(limits.shutdownSeconds) * 1000
        closeIfNothingIsDue()
    }

    private func closeIfNothingIsDue() {
        if unanswered == 0, undelivered == 0, !isReading { context?.close(promise: nil) }
    }

    /// Writes bytes that are no answer.
    func write(_ line: StaticString, _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: line.utf8CodeUnitCount)
        buffer.writeStaticString(line)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(buffer)), promise: nil)
    }

    private var isLastAnswer: Bool {
        switch phase {
        case .serving: unanswered == 0 && endsAfterAnswers && !isReading
        case .finishing: unanswered == 0
        case .refusing, .ending: false
        }
    }

    private func answer(
        _ head: HTTPResponse, _ body: ByteBuffer, _ promise: EventLoopPromise<Void>?,
        _ context: ChannelHandlerContext
    ) {
        let now = sweeper.nowMilliseconds
        if undelivered == 0 { answerBegan = now }
        undelivered += 1
        lastActivity = now
        requestBegan = now
        let written = promise ?? context.eventLoop.makePromise()
        let expected = connection.takeAnswer()
        written.futureResult.assumeIsolated().whenComplete { _ in
            expected?.delivered()
            self.noteDelivery()
        }
        let bytes = AnswerEncoder.encode(
            head, body, isLast: false, allocator: context.channel.allocator)
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: written)
        if unanswered == 0, case .refusing(let problem) = phase { writeRefusal(problem) }
    }

    private func writeRefusal(_ problem: Problem) {
        guard let context else { return }
        metrics.noteRefusal(problem)
        var problem = problem
        problem.requestID = connection.nextRequestID()
        let (head, body) = ProblemAnswer.parts(of: problem)
        end(head, body, nil, context)
    }

    /// Writes the last answer and closes the sending half, so that the client reads the answer and
    /// then the end even if it is still sending.
    private func end(
        _ head: HTTPResponse, _ body: ByteBuffer, _ promise: EventLoopPromise<Void>?,
        _ context: ChannelHandlerContext
    ) {
        phase = .ending
        let now = sweeper.nowMilliseconds
        if undelivered == 0 { answerBegan = now }
        undelivered += 1
        let written = promise ?? context.eventLoop.makePromise()
        let expected = connection.takeAnswer()
        written.futureResult.assumeIsolated().whenComplete { _ in
            expected?.delivered()
            self.noteDelivery()
        }
        let bytes = AnswerEncoder.encode(
            head, body, isLast: true, allocator: context.channel.allocator)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(bytes)), promise: written)
        if connection.admission == .refused {
            context.close(promise: nil)
        } else {
            context.close(mode: .output, promise: nil)
        }
    }

    private func noteDelivery() {
        undelivered -= 1
        let now = sweeper.nowMilliseconds
        answerBegan = now
        lastActivity = now
        switch phase {
        case .ending: closesAt = min(closesAt, now + Self.lingerMilliseconds)
        case .serving where endsAfterAnswers: closeIfNothingIsDue()
        case .serving, .finishing, .refusing: break
        }
    }

    private static var lingerMilliseconds: Int64 { 2000 }
}
