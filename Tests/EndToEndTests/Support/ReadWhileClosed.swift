import StrictJSON
import Testing

/// Somebody reads over and over on one connection, many requests under way, while that is closed to
/// them over another.
struct ReadWhileClosed {
    typealias Request = (method: String, path: String, purpose: String?, body: String?)

    let uid: UInt32
    let purpose: String
    let path: String
    /// What they may see until then.
    let secret: String
    var token: String?

    /// - Parameter closing: what an administrator sends, as root.
    /// - Returns: `closing STATUS`, then `before STATUS COUNT` and `after STATUS COUNT`, the status
    ///   followed by `shown` where the secret was.
    func lines(closing: Request, of vault: TestVault) throws -> [Substring] {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        let request = JSONValue.array([
            .string(closing.method), .string(closing.path), text(closing.purpose),
            text(closing.body),
        ])
        let input = JSONValue.object([
            JSONMember("uid", .number(String(uid))), JSONMember("purpose", .string(purpose)),
            JSONMember("path", .string(path)), JSONMember("secret", .string(secret)),
            JSONMember("token", text(token)), JSONMember("closing", request),
        ])
        let run = try Command.run(
            [
                "/usr/bin/env", "python3",
                Programs.repository + "/Tests/Independent/read_while_closed.py", vault.socket,
            ], input: String(decoding: input.encoded(), as: UTF8.self))
        try #require(run.status == 0, "\(run.error)")
        return run.output.split(separator: "\n")
    }

    /// Expects that it was seen before, and that after the acknowledgement all is answered alike.
    func expectClosed(
        by closing: Request, of vault: TestVault, acknowledged: Int = 200, with refusal: String
    ) throws {
        let lines = try lines(closing: closing, of: vault)
        #expect(lines.first == "closing \(acknowledged)", "\(lines)")
        #expect(lines.contains { $0.hasPrefix("before 200 shown ") }, "\(lines)")
        #expect(lines.filter { $0.hasPrefix("after ") } == ["after \(refusal) 300"], "\(lines)")
    }
}
