import Testing

@testable import VaultServer

@Suite struct AnswerDeliveryTests {
    @Test func `an answer is delivered once the kernel has all of it`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path, autoRead: false) { client in
                try await client.request("GET", "/large")
                try await server.settle(expecting: { !server.routes.delivery.isDelivered })
                try await client.startReading()
                await server.routes.delivery.wait()
                #expect(await client.answer()?.body.utf8.count == TestRoutes.largeBytes)
            }
        }
    }

    @Test func `an answer whose connection closes is delivered`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(to: server.path, autoRead: false)
            try await client.request("GET", "/large")
            try await server.settle(expecting: { !server.routes.delivery.isDelivered })
            client.close()
            await server.routes.delivery.wait()
        }
    }
}
