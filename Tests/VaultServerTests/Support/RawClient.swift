import Foundation
import NIOCore
import NIOPosix

/// A client that sends the bytes it is told to, and reads one answer at a time.
final class RawClient {
    private let channel: any Channel
    private var incoming: AsyncStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()

    /// An answer as it came over the wire.
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: String
    }

    private init(channel: any Channel, incoming: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.incoming = incoming.makeAsyncIterator()
    }

    static func connect(to path: String, autoRead: Bool = true) async throws -> RawClient {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: autoRead)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Forwarder(continuation))
                }
            }
            .connect(unixDomainSocketPath: path).get()
        return RawClient(channel: channel, incoming: stream)
    }

    /// Connects, runs `body` and closes.
    static func with<Result>(
        _ path: String, autoRead: Bool = true, _ body: (RawClient) async throws -> Result
    ) async throws -> Result {
        let client = try await connect(to: path, autoRead: autoRead)
        defer { client.close() }
        return try await body(client)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends a request with what it needs around it.
    func request(
        _ method: String = "GET", _ path: String, _ headers: [String] = [], body: String? = nil
    ) async throws {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: vault"] + headers
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !headers.contains(where: { $0.hasPrefix("Content-Type") }) {
                lines.append("Content-Type: application/json")
            }
        }
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    /// Sends a request and reads its answer.
    func ask(
        _ method: String = "GET", _ path: String, _ headers: [String] = [], body: String? = nil
    ) async throws -> Answer? {
        try await request(method, path, headers, body: body)
        return await answer()
    }

    /// The next answer; nil if the connection ends before it is whole.
    func answer() async -> Answer? {
        while true {
            if let answer = parse() { return answer }
            guard var part = await incoming.next() else { return nil }
            buffer.writeBuffer(&part)
        }
    }

    /// Whether the server has ended the connection, with nothing more to read.
    func isEnded() async -> Bool {
        guard buffer.readableBytes == 0 else { return false }
        return await incoming.next() == nil
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func closeOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    func close() {
        channel.close(promise: nil)
    }

    private func parse() -> Answer? {
        let text = String(decoding: buffer.readableBytesView, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        var lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let status = Int(lines.removeFirst().split(separator: " ")[1]) ?? 0
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let headBytes = text[..<end.upperBound].utf8.count
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard buffer.readableBytes >= headBytes + length else { return nil }
        buffer.moveReaderIndex(forwardBy: headBytes)
        let body = buffer.readString(length: length) ?? ""
        return Answer(status: status, headers: headers, body: body)
    }
}

extension RawClient.Answer {
    /// The code of a problem; nil of anything else.
    var code: String? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return body.firstMatch(of: /"code":"([a-z_]+)"/).map { String($0.1) }
    }
}

private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<ByteBuffer>.Continuation

    init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { continuation.finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation.finish()
        context.close(promise: nil)
    }
}
