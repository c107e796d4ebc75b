import Testing

@testable import VaultServer

@Suite struct ConnectionLimitTests {
    @Test func `beyond the limit of a uid only health is answered`() async throws {
        var limits = ConnectionLimits()
        limits.connectionsPerUID = 2
        limits.connectionsForHealth = 4
        try await TestServer.run(limits: limits) { server in
            let first = try await RawClient.connect(to: server.path)
            let second = try await RawClient.connect(to: server.path)
            #expect(try await first.ask("GET", "/whoami")?.status == 200)
            #expect(try await second.ask("GET", "/whoami")?.status == 200)
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("GET", "/whoami"))
                #expect(answer.status == 503)
                #expect(answer.code == "too_many_connections")
                #expect(await client.isEnded())
            }
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("GET", "/healthz"))
                #expect(answer.status == 200)
                #expect(answer.headers["connection"] == "close")
                #expect(await client.isEnded())
            }
            #expect(try await first.ask("GET", "/whoami")?.status == 200)
            first.close()
            second.close()
        }
    }

    @Test func `beyond the reserve a connection is refused before it asks`() async throws {
        var limits = ConnectionLimits()
        limits.connections = 1
        limits.connectionsForHealth = 2
        try await TestServer.run(limits: limits) { server in
            let full = try await RawClient.connect(to: server.path)
            #expect(try await full.ask("GET", "/whoami")?.status == 200)
            let reserve = try await RawClient.connect(to: server.path)
            try await reserve.send(
                "POST /healthz HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(await reserve.answer()?.status == 100)
            let refused = try await RawClient.connect(to: server.path)
            #expect(await refused.answer()?.code == "too_many_connections")
            #expect(await refused.isEnded())
            reserve.close()
            full.close()
        }
    }

    @Test func `a closed connection makes room`() async throws {
        let registry = ConnectionRegistry(limits: limits(connections: 4, perUID: 2, health: 2))
        #expect(registry.admit(uid: 1) == .full)
        #expect(registry.admit(uid: 1) == .full)
        #expect(registry.admit(uid: 1) == .healthOnly)
        #expect(registry.admit(uid: 1) == .refused)
        #expect(registry.admit(uid: 2) == .full)
        #expect(registry.admit(uid: 3) == .full)
        #expect(registry.admit(uid: 4) == .healthOnly)
        #expect(registry.admit(uid: 5) == .refused)
        registry.release(uid: 1, .full)
        #expect(registry.admit(uid: 5) == .full)
        registry.release(uid: 1, .healthOnly)
        #expect(registry.admit(uid: 6) == .healthOnly)
        #expect(registry.total == 6)
    }

    private func limits(connections: Int, perUID: Int, health: Int) -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.connections = connections
        limits.connectionsPerUID = perUID
        limits.connectionsForHealth = health
        return limits
    }
}
