import Testing

@testable import VaultServer

@Suite struct SizeLimitTests {
    private var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.bodyBytes = 100
        limits.headerBytes = 1024
        limits.headerFields = 8
        return limits
    }

    @Test func `a body too large is refused by its length, before it is sent`() async throws {
        try await TestServer.run(limits: limits) { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 101\r\n\r\n")
                let answer = try #require(await client.answer())
                #expect(answer.status == 413)
                #expect(answer.code == "body_too_large")
                #expect(await client.isEnded())
            }
        }
    }

    @Test func `a body that grows too large in chunks is refused`() async throws {
        try await TestServer.run(limits: limits) { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n")
                let chunk = "20\r\n" + String(repeating: " ", count: 32) + "\r\n"
                for _ in 0..<4 { try await client.send(chunk) }
                #expect(await client.answer()?.code == "body_too_large")
            }
        }
    }

    @Test func `a body as large as allowed is taken, whole or in chunks`() async throws {
        try await TestServer.run(limits: limits) { server in
            try await RawClient.with(server.path) { client in
                let body = "{}" + String(repeating: " ", count: 98)
                #expect(try await client.ask("POST", "/echo", body: body)?.body == "{}")
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n64\r\n\(body)\r\n0\r\n\r\n")
                #expect(await client.answer()?.body == "{}")
            }
        }
    }

    @Test func `a client that asks first is told to go on`() async throws {
        try await TestServer.run(limits: limits) { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\n"
                        + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
                #expect(await client.answer()?.status == 100)
                try await client.send("{}")
                #expect(await client.answer()?.status == 200)
            }
        }
    }

    @Test(arguments: [
        "X-A: " + String(repeating: "x", count: 1200),
        (0..<12).map { "X-\($0): y" }.joined(separator: "\r\n"),
    ])
    func `a header too large is answered 431`(_ header: String) async throws {
        try await TestServer.run(limits: limits) { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("GET", "/whoami", [header]))
                #expect(answer.status == 431)
                #expect(answer.code == "header_too_large")
            }
            try await RawClient.with(server.path) { client in
                let answer = try await client.ask("GET", "/whoami", ["X-A: y"])
                #expect(answer?.status == 200)
            }
        }
    }
}
