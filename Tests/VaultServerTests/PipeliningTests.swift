import Testing

@testable import VaultServer

@Suite struct PipeliningTests {
    @Test func `requests sent at once are answered in order`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let count = 200
                let requests = (0..<count).map { number in
                    "POST /echo HTTP/1.1\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \("\(number)".utf8.count)\r\n\r\n\(number)"
                }
                try await client.send(requests.joined())
                for number in 0..<count { #expect(await client.answer()?.body == "\(number)") }
            }
        }
    }

    @Test func `a malformed request is answered after those before it`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    "GET /wait HTTP/1.1\r\n\r\nGET /whoami HTTP/1.1\r\n\r\n%%%\r\n\r\n")
                await server.routes.gate.isReached()
                server.routes.gate.open()
                #expect(await client.answer()?.body == #"{"passed":true}"#)
                #expect(await client.answer()?.status == 200)
                #expect(await client.answer()?.code == "malformed_request")
                #expect(await client.isEnded())
            }
        }
    }

    @Test func `a client that wants to close is answered and closed`() async throws {
        try await TestServer.run { server in
            for request in [
                "GET /whoami HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /whoami HTTP/1.0\r\n\r\n",
            ] {
                try await RawClient.with(server.path) { client in
                    try await client.send(request + "GET /whoami HTTP/1.1\r\n\r\n")
                    let answer = try #require(await client.answer())
                    #expect(answer.status == 200)
                    #expect(answer.headers["connection"] == "close")
                    #expect(await client.isEnded())
                }
            }
        }
    }

    @Test func `a client that closes its half is still answered`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.request("GET", "/wait")
                await server.routes.gate.isReached()
                try await client.closeOutput()
                server.routes.gate.open()
                #expect(await client.answer()?.status == 200)
                #expect(await client.isEnded())
            }
        }
    }

    @Test func `request ids differ`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let first = try await client.ask("GET", "/whoami")?.headers["aitta-request-id"]
                let second = try await client.ask("GET", "/whoami")?.headers["aitta-request-id"]
                let third = try await client.ask("GET", "/nowhere")?.headers["aitta-request-id"]
                #expect(Set([first, second, third].compactMap { $0 }).count == 3)
                #expect(first?.wholeMatch(of: /[0-9a-f]{16}-1/) != nil)
            }
        }
    }
}
