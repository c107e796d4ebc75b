import Foundation
import StrictJSON
import Testing

/// A process of another user that sends its requests over one connection or several.
final class UserClient {
    /// Debian's own, which every user can run.
    private static let python = "/usr/bin/python3"

    private let scratch: ScratchDirectory
    private let process: ChildProcess
    private let count: Int

    /// - Parameters:
    ///   - token: what each request presents.
    ///   - connections: how many the requests are dealt to, all of them beginning at once.
    init(
        _ requests: [(method: String, path: String, purpose: String?, body: String?)],
        uid: UInt32, gid: UInt32, token: String? = nil, connections: Int = 1,
        to vault: TestVault
    ) throws {
        scratch = try ScratchDirectory(mode: 0o755)
        count = requests.count
        let script = try scratch.write(
            try String(
                contentsOfFile: Programs.repository + "/Tests/Independent/send_requests.py",
                encoding: .utf8), to: "send_requests.py", mode: 0o644)
        var lines: [UInt8] = []
        for request in requests {
            func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
            lines +=
                JSONValue.array([
                    .string(request.method), .string(request.path), text(request.purpose),
                    text(request.body), text(token),
                ]).encoded() + [UInt8(ascii: "\n")]
        }
        let input = try scratch.write(String(decoding: lines, as: UTF8.self), to: "in")
        process = try ChildProcess(
            Command.asUser(uid, gid) + [Self.python, script, vault.socket, "\(connections)"],
            output: scratch.path + "/out", error: scratch.path + "/err", input: input)
    }

    /// The answers, one a request.
    func answers() throws -> [Substring] {
        let status = try process.wait(atMostSeconds: 300)
        let error = try scratch.read("err")
        try #require(status == 0, "\(error)")
        let answers = try scratch.read("out").utf8.split(separator: UInt8(ascii: "\n"))
            .map { Substring($0) }
        try #require(answers.count == count)
        return answers
    }
}
