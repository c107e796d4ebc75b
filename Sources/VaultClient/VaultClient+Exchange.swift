import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON
import VaultAPI

extension VaultClient {
    /// Sends a request, again where that is safe and may help, and answers its JSON.
    func json(_ exchange: Exchange) async throws(VaultClientError) -> JSONValue {
        try await answer(exchange).json(limit: configuration.responseBytes)
    }

    /// Sends a request, again where that is safe and may help.
    func answer(_ exchange: Exchange) async throws(VaultClientError) -> Answer {
        var delay = Duration.milliseconds(configuration.retryDelayMilliseconds)
        var attempt = 1
        while true {
            do throws(VaultClientError) {
                return try await once(exchange)
            } catch {
                guard attempt < configuration.attempts,
                    isWorthAnother(error, exchange, attempt: attempt)
                else { throw error }
            }
            do {
                try await clock.sleep(for: delay)
            } catch {
                throw .cancelled
            }
            delay *= 2
            attempt += 1
        }
    }

    /// An absent daemon is reported at once; one that went away in the middle may be restarting.
    private func isWorthAnother(
        _ error: VaultClientError, _ exchange: Exchange, attempt: Int
    ) -> Bool {
        if case .unreachable = error { return attempt > 1 || configuration.retriesUnreachable }
        return exchange.isRepeatable && error.isTransient
    }

    private func once(_ exchange: Exchange) async throws(VaultClientError) -> Answer {
        let request = try self.request(for: exchange)
        let answer: Answer
        do {
            let timeout = TimeAmount.seconds(Int64(configuration.requestTimeoutSeconds))
            let response = try await http.execute(request, timeout: timeout)
            answer = Answer(
                status: Int(response.status.code),
                body: try await response.body.collect(upTo: configuration.responseBytes))
        } catch {
            throw VaultClientError(error)
        }
        guard 200..<300 ~= answer.status else { throw refusal(answer) }
        return answer
    }

    private func request(
        for exchange: Exchange
    ) throws(VaultClientError) -> HTTPClientRequest {
        guard !configuration.socketPath.isEmpty else { throw .unreachable(.invalidPath) }
        let host = PercentEncoding.encode(configuration.socketPath)
        var request = HTTPClientRequest(url: "http+unix://" + host + exchange.path)
        request.method = exchange.method
        // The host of the URL is the socket's path, which is nobody's business but ours.
        request.headers.add(name: "Host", value: "localhost")
        if let purpose {
            guard purpose.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { throw .invalidRequest }
            request.headers.add(name: APIHeader.purpose, value: purpose)
        }
        if let token {
            request.headers.add(name: APIHeader.authorization, value: token.authorization)
        }
        for (name, value) in exchange.headers { request.headers.add(name: name, value: value) }
        if let body = exchange.body {
            request.headers.add(name: APIHeader.contentType, value: exchange.contentType)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        if let secret = exchange.secret {
            request.headers.add(name: APIHeader.contentType, value: exchange.contentType)
            request.body = .bytes(secret)
        }
        return request
    }

    private func refusal(_ answer: Answer) -> VaultClientError {
        guard let json = try? answer.json(limit: configuration.responseBytes),
            let problem = Problem(json)
        else { return .unexpectedAnswer(status: answer.status) }
        return .problem(problem)
    }
}
