import Foundation
import StrictJSON
import Synchronization
import Testing
import VaultAPI
import VaultClient

/// A clock whose waits pass at once, and are remembered.
final class InstantClock: Clock, Sendable {
    typealias Instant = ContinuousClock.Instant
    let waits = Mutex<[Duration]>([])
    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let wait = ContinuousClock.now.duration(to: deadline)
        waits.withLock { $0.append(wait) }
    }
}

@Suite struct VaultClientTests {
    typealias Reply = ScriptedServer.Reply

    static let created = Reply.answer(201, #"{"id":"i-1","version":1}"#)

    static func problem(_ code: ErrorCode) -> Reply {
        .answer(code.status, String(decoding: Problem(code).encoded(), as: UTF8.self))
    }

    /// Runs `body` with a client of a server that answers by `script`.
    func serving(
        _ script: @escaping @Sendable (Int) -> Reply, purpose: String? = "billing",
        configure: (inout VaultClientConfiguration) -> Void = { _ in },
        _ body: (VaultClient, ScriptedServer, InstantClock) async throws -> Void
    ) async throws {
        let path = NSTemporaryDirectory() + UUID().uuidString + ".sock"
        let server = try await ScriptedServer(path: path, script: script)
        var configuration = VaultClientConfiguration(socketPath: path)
        configure(&configuration)
        let clock = InstantClock()
        let vault = VaultClient(configuration, purpose: purpose, clock: clock)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(vault, server, clock))
        } catch {
            outcome = .failure(error)
        }
        try await vault.shutDown()
        try await server.stop()
        try outcome.get()
    }

    static let person = NewRecord(
        kind: .person, reference: "WC-1", source: "subject", fields: ["email": .string("a@b.fi")])

    @Test func createsARecord() async throws {
        try await serving({ _ in Self.created }) { vault, server, _ in
            let written = try await vault.create(Self.person)
            #expect(written.id == "i-1")
            #expect(written.version == 1)
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.uri == "/v1/records")
            #expect(request.header("Aitta-Purpose") == ["billing"])
            #expect(request.header("Content-Type") == ["application/json"])
            #expect(request.header("Host") == ["localhost"])
            #expect(
                request.body
                    == #"{"kind":"person","reference":"WC-1","source":"subject","#
                    + #""fields":{"email":"a@b.fi"}}"#)
        }
    }

    @Test func readsARecord() async throws {
        let body = """
            {"id":"i","kind":"person","version":3,"state":"live","fields":{"name":{"given":"A"}},\
            "withheld":{"email":"stale"},"sources":{"name":"subject"}}
            """
        try await serving({ _ in .answer(200, body) }) { vault, server, _ in
            let record = try await vault.record(
                "../x?y", fields: ["name", "e&f"], view: .masked, includesSources: true)
            #expect(record["name"]?["given"]?.text == "A")
            #expect(record.version == 3)
            #expect(record.withheld == ["email": "stale"])
            #expect(record.sources == ["name": "subject"])
            #expect(
                server.requests.map(\.uri) == [
                    "/v1/records/..%2Fx%3Fy?fields=name,e%26f&view=masked&include=sources"
                ])
        }
    }

    /// Whatever leaves the outcome open, the request is sent again under the same key.
    @Test(arguments: [
        Reply.hangUp, problem(.outcomeUnknown), problem(.notReady), problem(.tooManyConnections),
    ])
    func repeatsACreationUnderItsKey(reply: Reply) async throws {
        try await serving({ $0 < 3 ? reply : Self.created }) { vault, server, clock in
            _ = try await vault.create(Self.person)
            let keys = server.requests.map { $0.header("Idempotency-Key") }
            #expect(keys.count == 3)
            #expect(Set(keys).count == 1)
            #expect(keys[0].first.map { IdempotencyKey($0) != nil } == true)
            #expect(clock.waits.withLock { $0.count } == 2)
        }
    }

    @Test func usesANewKeyForANewCreation() async throws {
        try await serving({ _ in Self.created }) { vault, server, _ in
            _ = try await vault.create(Self.person)
            _ = try await vault.create(Self.person)
            #expect(Set(server.requests.map { $0.header("Idempotency-Key") }).count == 2)
        }
    }

    @Test func givesUp() async throws {
        try await serving({ _ in Self.problem(.notReady) }, configure: { $0.attempts = 3 }) {
            vault, server, clock in
            let error = await #expect(throws: VaultClientError.self) {
                try await vault.create(Self.person)
            }
            #expect(error?.problem?.knownCode == .notReady)
            #expect(server.requests.count == 3)
            let waits = clock.waits.withLock { $0 }
            #expect(waits.count == 2)
            #expect(waits[1] > waits[0] + .milliseconds(50))
        }
    }

    /// An update without an idempotency key could be applied twice, a failed verification counted
    /// twice.
    @Test func neverRepeatsWhatIsNotSafe() async throws {
        try await serving({ _ in .hangUp }) { vault, server, _ in
            await #expect(throws: VaultClientError.connectionLost) {
                try await vault.update("i", fields: ["email": .null], ifVersion: 2)
            }
            await #expect(throws: VaultClientError.connectionLost) {
                try await vault.verify("i", field: "henkilotunnus", value: .string("x"))
            }
            await #expect(throws: VaultClientError.connectionLost) {
                try await vault.revokeGrant("g")
            }
            #expect(server.requests.map(\.method) == ["PATCH", "POST", "DELETE"])
            #expect(server.requests[0].header("If-Match") == ["\"2\""])
            #expect(server.requests[0].header("Content-Type") == ["application/merge-patch+json"])
            #expect(server.requests[0].body == #"{"fields":{"email":null}}"#)
        }
    }

    @Test func doesNotRepeatARefusal() async throws {
        try await serving({ _ in Self.problem(.notGranted) }) { vault, server, _ in
            let error = await #expect(throws: VaultClientError.self) { try await vault.record("i") }
            #expect(error?.problem?.knownCode == .notGranted)
            #expect(error?.problem?.status == 403)
            #expect(server.requests.count == 1)
        }
    }

    @Test func reportsAnAbsentDaemonAtOnce() async throws {
        let clock = InstantClock()
        let vault = VaultClient(
            VaultClientConfiguration(socketPath: "/nonexistent/a.sock"), clock: clock)
        await #expect(throws: VaultClientError.unreachable(.noSocket)) { try await vault.status() }
        #expect(clock.waits.withLock { $0.isEmpty })
        try await vault.shutDown()
    }

    @Test func waitsForAnAbsentDaemonWhereAsked() async throws {
        var configuration = VaultClientConfiguration(socketPath: "/nonexistent/a.sock")
        configuration.retriesUnreachable = true
        configuration.attempts = 4
        let clock = InstantClock()
        let vault = VaultClient(configuration, clock: clock)
        await #expect(throws: VaultClientError.unreachable(.noSocket)) { try await vault.status() }
        #expect(clock.waits.withLock { $0.count } == 3)
        try await vault.shutDown()
    }

    @Test func tellsASocketThatNobodyServes() async throws {
        let path = NSTemporaryDirectory() + UUID().uuidString
        try Data().write(to: URL(filePath: path))
        let vault = VaultClient(socketPath: path)
        await #expect(throws: VaultClientError.unreachable(.nobodyListens)) {
            try await vault.status()
        }
        try await vault.shutDown()
        let tooLong = VaultClient(socketPath: "/" + String(repeating: "x", count: 200))
        await #expect(throws: VaultClientError.unreachable(.invalidPath)) {
            try await tooLong.status()
        }
        try await tooLong.shutDown()
    }

    @Test(arguments: [
        (Reply.answer(200, "<html>"), VaultClientError.unexpectedAnswer(status: 200)),
        (.answer(200, "{}"), .unexpectedAnswer(status: 200)),
        (.answer(200, #"{"id":1,"id":2}"#), .unexpectedAnswer(status: 200)),
        (.answer(302, ""), .unexpectedAnswer(status: 302)),
        (.answer(500, "oops"), .unexpectedAnswer(status: 500)),
        (.answer(200, String(repeating: " ", count: 2000)), .answerTooLarge),
    ])
    func refusesWhatIsNoAnswer(reply: Reply, error: VaultClientError) async throws {
        try await serving({ _ in reply }, configure: { $0.responseBytes = 1000 }) { vault, _, _ in
            await #expect(throws: error) { try await vault.record("i") }
        }
    }

    @Test func letsNothingIntoAHeader() async throws {
        try await serving({ _ in Self.created }, purpose: "x\r\nAuthorization: y") {
            vault, server, _ in
            await #expect(throws: VaultClientError.invalidRequest) { try await vault.status() }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func writesABatch() async throws {
        let body = """
            {"results":[{"status":201,"body":{"id":"a","version":1}},\
            {"status":200,"body":{"valid":true}},\
            {"status":422,"body":{"type":"urn:aitta:error:invalid_value","title":"t",\
            "status":422,"code":"invalid_value","errors":[{"pointer":"/fields/x","rule":"r"}]}}]}
            """
        try await serving({ _ in .answer(200, body) }) { vault, server, _ in
            let key = IdempotencyKey()
            let results = try await vault.batchWrite(operations: Array("[]".utf8), key: key)
            #expect(results.map(\.status) == [201, 200, 422])
            #expect(results[0].written?.id == "a")
            #expect(results[1].problem == nil)
            #expect(results[2].problem?.violations == [Violation(pointer: "/fields/x", rule: "r")])
            #expect(server.requests[0].body == #"{"operations":[]}"#)
            #expect(server.requests[0].header("Idempotency-Key") == [key.text])
        }
    }

    @Test func asksForCheckpointAndProofs() async throws {
        let body = #"{"size":3,"root":"x"}"#
        try await serving({ _ in .answer(200, body) }) { vault, server, _ in
            #expect(try await vault.auditCheckpoint()["size"]?.integer == 3)
            _ = try await vault.inclusionProof(number: 7)
            _ = try await vault.inclusionProof(number: 7, size: 9)
            _ = try await vault.consistencyProof(from: 2)
            _ = try await vault.consistencyProof(from: 2, to: 3)
            #expect(
                server.requests.map(\.uri) == [
                    "/v1/audit/checkpoint", "/v1/audit/proof?number=7",
                    "/v1/audit/proof?number=7&size=9", "/v1/audit/proof?from=2",
                    "/v1/audit/proof?from=2&to=3",
                ])
            #expect(Set(server.requests.map(\.method)) == ["GET"])
        }
    }
}
