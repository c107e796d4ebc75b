import Synchronization
import Testing

@testable import VaultServer

@Suite struct StrangerTests {
    @Test func `whoever has no grant gets few requests, over however many connections`()
        async throws
    {
        try await TestServer.run { server in
            server.routes.areCallersStrangers.store(true, ordering: .sequentiallyConsistent)
            func statuses(_ count: Int, _ path: String = "/whoami") async throws -> [Int: Int] {
                var statuses: [Int: Int] = [:]
                for _ in 0..<count {
                    try await RawClient.with(server.path) { client in
                        let answer = try #require(await client.ask("GET", path))
                        statuses[answer.status, default: 0] += 1
                        guard answer.status == 429 else { return }
                        #expect(answer.code == "too_many_requests")
                        #expect(answer.headers["retry-after"] == "1")
                    }
                }
                return statuses
            }
            #expect(try await statuses(25) == [200: 20, 429: 5])
            #expect(server.routes.refusals.load(ordering: .sequentiallyConsistent) == 5)
            #expect(try await statuses(30, "/healthz") == [200: 30])
            try await server.advance(seconds: 0.5)
            #expect(try await statuses(9) == [200: 5, 429: 4])
            try await server.advance(seconds: 3600)
            #expect(try await statuses(21) == [200: 20, 429: 1])
            server.routes.areCallersStrangers.store(false, ordering: .sequentiallyConsistent)
            #expect(try await statuses(50) == [200: 50])
        }
    }

    @Test func `each uid has a bucket of its own`() {
        let limiter = StrangerLimiter(requestsPerSecond: 1, clock: ManualClock().clock)
        #expect((0..<3).map { _ in limiter.admit(1) } == [true, true, false])
        #expect(limiter.admit(2))
        for uid in UInt32(10)..<10_000 { #expect(limiter.admit(uid)) }
        #expect(!limiter.admit(1), "what is used up is not forgotten")
    }
}
