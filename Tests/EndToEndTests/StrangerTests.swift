import Foundation
import Testing

extension EndToEnd {
    /// A local user without any grant who floods the socket.
    @Suite(.needsRoot) struct StrangerTests {
        @Test func aFloodLeavesOthersServedAndTheLogSmall() throws {
            let vault = try TestVault(grants: [
                "uid:41031=dpo", "uid:41031=checkout", "uid:41031=auditor",
            ])
            try vault.start()
            let made = try vault.ask(
                as: 41031, "POST", "/v1/records", purpose: "order", json: TestVault.person("S-1"))
            let id = try #require(made.body.firstMatch(of: /"id":"([0-9a-f-]{36})"/)).1
            func entries() throws -> Int {
                let status = try vault.ask(as: 41031, "GET", "/v1/status").body
                return Int(try #require(status.firstMatch(of: /"auditEntries":([0-9]+)/)).1) ?? 0
            }
            let before = try entries()
            // Eight processes, each with connections of its own, 100 requests over each.
            let place = try ScratchDirectory(mode: 0o755)
            let url = "http://vault/v1/records/\(id)?fields=name&n=[1-100]"
            let flood = try (0..<8).map { number in
                try ChildProcess(
                    Command.asUser(41032, 41032) + [
                        "curl", "-sS", "--unix-socket", vault.socket, "-o", "/dev/null",
                        "-w", "%{http_code}\\n", "-H", "Aitta-Purpose: order", url,
                    ], output: place.path + "/\(number)", error: place.path + "/error")
            }
            for _ in 0..<10 {
                let answer = try vault.ask(
                    as: 41031, "GET", "/v1/records/\(id)", purpose: "data-subject-rights")
                #expect(answer.status == 200)
            }
            for process in flood { #expect(try process.wait() == 0) }
            let statuses = try (0..<8).flatMap {
                try place.read("\($0)").split(separator: "\n").map(String.init)
            }
            #expect(statuses.count == 800)
            #expect(statuses.filter { $0 == "429" }.count > 500, "\(Set(statuses))")
            #expect(Set(statuses) == ["403", "429"])
            // Ten reads, two looks at the status, and a summary or two.
            let grown = try entries() - before
            #expect(grown <= 10 + 2 + 3, "\(grown)")
            #expect(try vault.ask(as: 41032, "GET", "/healthz").status == 200)
            try vault.stop()
        }
    }
}
