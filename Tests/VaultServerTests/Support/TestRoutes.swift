import Hummingbird
import NIOCore
import StrictJSON
import Synchronization
import Vault
import VaultAPI

@testable import VaultServer

/// Routes that exercise the plumbing without a vault.
final class TestRoutes: Sendable {
    static let largeBytes = 8 << 20
    static let canary = "canary-5b1f0c"

    let gate = Gate()
    let delivery = Delivery()
    let areCallersStrangers = Atomic(false)
    let refusals = Atomic(0)

    func router() -> Router<VaultRequestContext> {
        let router = Router(context: VaultRequestContext.self)
        router.get("/healthz") { _, _ in Response.json { $0.member("status", "ok") } }
        router.get("/whoami") { _, context in
            Response.json {
                $0.member("uid", context.connection.peer.uid)
                $0.member("gid", context.connection.peer.gid)
                $0.member("pid", context.connection.peer.pid)
            }
        }
        router.post("/echo") { request, _ in
            _ = try QueryParameters(request, allowing: [])
            let body = try await request.json(within: JSONLimits())
            return Response.json(body.encoded())
        }
        router.get("/fields/:id") { request, context in
            _ = try context.recordID()
            _ = try request.ifMatch()
            _ = try request.idempotencyKey()
            let query = try QueryParameters(request, allowing: FieldSelection.parameters)
            _ = try FieldSelection(query)
            return Response.json { $0.member("fields", query["fields"] ?? "all") }
        }
        router.post("/object") { request, _ in
            let body = try RequestObject(
                await request.json(within: JSONLimits()), allowing: ["text", "number"])
            return Response.json { $0.member("text", (try? body.text("text")) ?? "none") }
        }
        router.get("/large") { [delivery] _, context in
            context.connection.expect(delivery)
            let bytes = [UInt8](repeating: UInt8(ascii: "1"), count: Self.largeBytes)
            return Response.json(bytes)
        }
        router.get("/wait") { [gate] _, _ in
            await gate.pass()
            return Response.json { $0.member("passed", true) }
        }
        router.get("/broken") { _, _ -> Response in throw Broken(value: Self.canary) }
        router.add(middleware: UnknownRoute(after: router))
        return router
    }

    private struct Broken: Error { let value: String }
}

extension TestRoutes: CallerPolicy {
    func identify(
        _ token: PresentedToken?, _ request: AccessRequest
    ) async throws(VaultError) -> Caller {
        throw VaultError(.badToken)
    }

    func isStranger(_ caller: Caller) -> Bool {
        areCallersStrangers.load(ordering: .sequentiallyConsistent)
    }

    func countRefusal(of caller: Caller) {
        refusals.add(1, ordering: .sequentiallyConsistent)
    }
}

/// Lets through what waits at it once it is opened.
final class Gate: Sendable {
    private let (passed, opening) = AsyncStream.makeStream(of: Void.self)
    private let (waits, waiting) = AsyncStream.makeStream(of: Void.self)

    /// Waits until the gate is open.
    func pass() async {
        waiting.finish()
        for await _ in passed {}
    }

    /// Waits until someone waits at the gate.
    func isReached() async {
        for await _ in waits {}
    }

    func open() { opening.finish() }
}

/// Counts deliveries, and lets a test wait for the first.
final class Delivery: DeliverableAnswer {
    private let count = Atomic(0)
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

    var isDelivered: Bool { count.load(ordering: .sequentiallyConsistent) > 0 }

    func delivered() {
        count.add(1, ordering: .sequentiallyConsistent)
        continuation.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}
