import Logging
import Testing

@testable import VaultServer

/// What is sent never comes back in an error, and never reaches the log.
@Suite struct EchoTests {
    private static let canary = TestRoutes.canary

    @Test(arguments: [
        "GET /\(canary) HTTP/1.1\r\nHost: v\r\n\r\n",
        "GET /fields/\(canary) HTTP/1.1\r\nHost: v\r\n\r\n",
        "GET /fields/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b?\(canary)=1 HTTP/1.1\r\nHost: v\r\n\r\n",
        "GET /fields/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b?view=\(canary) HTTP/1.1\r\n\r\n",
        "GET /fields/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b?fields=,\(canary) HTTP/1.1\r\n\r\n",
        "DELETE /fields/\(canary)?\(canary) HTTP/1.1\r\nHost: \(canary)\r\n\r\n",
        "\(canary) / HTTP/1.1\r\n\r\n",
        "GET / \(canary)\r\n\r\n",
        "GET /whoami HTTP/1.1\r\n\(canary)\r\n\r\n",
        "GET /whoami HTTP/1.1\r\nExpect: \(canary)\r\n\r\n",
        "GET /whoami HTTP/1.1\r\nAuthorization: Bearer \(canary)\r\n\r\n",
        "GET /fields/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b HTTP/1.1\r\nIf-Match: \(canary)\r\n\r\n",
        "GET /fields/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b HTTP/1.1\r\nIdempotency-Key: \(canary)\r\n\r\n",
        post("/echo", type: canary, "{}"),
        post("/echo", "\(canary)"),
        post("/echo", #"{"\#(canary)":1,"\#(canary)":2}"#),
        post("/echo", #"["\#(canary)"#),
        post("/object", #"{"\#(canary)":"\#(canary)"}"#),
        post("/object", #""\#(canary)""#),
        post("/echo?\(canary)", "{}"),
        "GET /broken HTTP/1.1\r\nHost: v\r\n\r\n",
    ])
    func `errors never repeat what was sent`(_ request: String) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send(request)
                let answer = try #require(await client.answer())
                #expect(answer.status >= 400)
                #expect(answer.code != nil)
                #expect(!"\(answer)".contains(Self.canary))
                #expect(!server.log.text.contains(Self.canary))
            }
        }
    }

    @Test func `the search for the canary finds it where it is`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try await client.ask("POST", "/echo", body: #"["\#(Self.canary)"]"#)
                #expect("\(answer as Any)".contains(Self.canary))
            }
            server.log.logger.error("\(Self.canary)")
            #expect(server.log.text.contains(Self.canary))
        }
    }

    @Test func `a failure says its request id, here and in the log`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("GET", "/broken"))
                #expect(answer.status == 500)
                #expect(answer.code == "internal")
                let requestID = try #require(answer.headers["aitta-request-id"])
                #expect(answer.body.contains(requestID))
                #expect(server.log.text.contains(requestID))
                #expect(server.log.text.contains(#""route":"/broken""#))
            }
        }
    }

    private static func post(
        _ path: String, type: String = "application/json", _ body: String
    ) -> String {
        "POST \(path) HTTP/1.1\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            + body
    }
}
