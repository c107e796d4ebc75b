import Testing

extension TestVault {
    /// An answer that a process of another user got, through curl.
    struct Reply {
        let status: Int
        let body: String

        func contains(_ text: String) -> Bool { body.contains(text) }
    }

    /// Sends a request as another user, of no further group.
    func ask(
        as uid: UInt32, gid: UInt32? = nil, _ method: String, _ path: String,
        purpose: String? = nil, token: String? = nil, headers: [String] = [],
        json: String? = nil
    ) throws -> Reply {
        var arguments = [
            "curl", "-sS", "--path-as-is", "--globoff", "--unix-socket", socket, "-X", method, "-w",
            "\n%{http_code}",
            "-H", "Content-Type: application/json",
        ]
        for header in headers { arguments += ["-H", header] }
        if let purpose { arguments += ["-H", "Aitta-Purpose: " + purpose] }
        if let token { arguments += ["-H", "Authorization: Bearer " + token] }
        if json != nil { arguments += ["--data-binary", "@-"] }
        let run = try Command.run(
            arguments + ["http://vault" + path], input: json ?? "", uid: uid, gid: gid)
        try #require(run.status == 0, "\(run.error)")
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        return Reply(
            status: lines.last.flatMap { Int($0) } ?? 0,
            body: lines.dropLast().joined(separator: "\n"))
    }
}
