import Foundation
import Testing

@testable import VaultServer

@Suite struct ShutdownTests {
    @Test func `what has begun is answered, and then nothing`() async throws {
        try await TestServer.run { server in
            let idle = try await RawClient.connect(to: server.path)
            #expect(try await idle.ask("GET", "/whoami")?.status == 200)
            let busy = try await RawClient.connect(to: server.path)
            try await busy.request("GET", "/wait")
            await server.routes.gate.isReached()
            await server.shutDown()
            #expect(await idle.isEnded())
            server.routes.gate.open()
            let answer = try #require(await busy.answer())
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            #expect(await busy.isEnded())
            busy.close()
            await #expect(throws: (any Error).self) {
                _ = try await RawClient.connect(to: server.path)
            }
        }
    }

    @Test func `who holds a stop up is cut off at the bound`() async throws {
        try await TestServer.run { server in
            let slow = try await RawClient.connect(to: server.path, autoRead: false)
            try await slow.request("GET", "/large")
            try await server.settle()
            let idle = try await RawClient.connect(to: server.path)
            #expect(try await idle.ask("GET", "/whoami")?.status == 200)
            await server.shutDown()
            #expect(await idle.isEnded())
            try await server.advance(seconds: 9)
            #expect(!server.routes.delivery.isDelivered)
            try await server.advance(seconds: 2)
            await server.routes.delivery.wait()
        }
    }

    @Test func `the socket is gone after a stop`() async throws {
        let path = PathBox()
        try await TestServer.run { server in
            path.value = server.path
            #expect(access(server.path, F_OK) == 0)
        }
        #expect(access(path.value, F_OK) != 0)
    }
}

private final class PathBox: @unchecked Sendable { var value = "" }
