import Testing

@testable import VaultServer

@Suite struct DeadlineTests {
    @Test func `a body that trickles in is answered 408, however steadily`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 12\r\n\r\n")
                for _ in 0..<9 {
                    try await client.send(" ")
                    try await server.settle()
                    try await server.advance(seconds: 1)
                }
                try await server.advance(seconds: 0.8)
                try await client.send(" ")
                try await server.settle()
                try await server.advance(seconds: 0.3)
                let answer = try #require(await client.answer())
                #expect(answer.status == 408)
                #expect(answer.code == "timeout")
                #expect(await client.isEnded())
            }
        }
    }

    @Test func `a slow body that makes it is answered`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 2\r\n\r\n")
                try await server.settle()
                try await server.advance(seconds: 9.5)
                try await client.send("{}")
                #expect(await client.answer()?.status == 200)
            }
        }
    }

    @Test func `half a request line is a request that has begun`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send("GET /who")
                try await server.settle()
                try await server.advance(seconds: 10)
                #expect(await client.answer()?.code == "timeout")
            }
        }
    }

    @Test func `who does not read the answer is cut off`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path, autoRead: false) { client in
                try await client.request("GET", "/large")
                try await server.settle(expecting: { !server.routes.delivery.isDelivered })
                try await server.advance(seconds: 9)
                #expect(!server.routes.delivery.isDelivered)
                try await server.advance(seconds: 2)
                await server.routes.delivery.wait()
                try? await client.startReading()
                #expect(await client.answer() == nil)
            }
        }
    }

    @Test func `an idle connection is closed, a used one is not`() async throws {
        try await TestServer.run { server in
            let idle = try await RawClient.connect(to: server.path)
            let used = try await RawClient.connect(to: server.path)
            #expect(try await idle.ask("GET", "/whoami")?.status == 200)
            try await server.advance(seconds: 40)
            #expect(try await used.ask("GET", "/whoami")?.status == 200)
            try await server.advance(seconds: 21)
            #expect(await idle.isEnded())
            #expect(try await used.ask("GET", "/whoami")?.status == 200)
            used.close()
        }
    }

    @Test func `a request in progress is not idle`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.request("GET", "/wait")
                await server.routes.gate.isReached()
                try await server.advance(seconds: 200)
                server.routes.gate.open()
                #expect(await client.answer()?.status == 200)
            }
        }
    }
}
