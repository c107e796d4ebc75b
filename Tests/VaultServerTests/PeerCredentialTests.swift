import Foundation
import Testing

@testable import VaultServer

@Suite struct PeerCredentialTests {
    @Test func `the kernel says who calls`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("GET", "/whoami"))
                #expect(
                    answer.body == #"{"uid":\#(geteuid()),"gid":\#(getegid()),"pid":\#(getpid())}"#)
            }
        }
    }

    @Test(.enabled(if: canBecomeOthers, "needs root, setpriv and curl"))
    func `another user is another caller`() async throws {
        try await TestServer.run(mode: 0o666) { server in
            let body = try await run(
                "/usr/bin/setpriv", "--reuid=1234", "--regid=2345", "--clear-groups",
                "/usr/bin/curl", "-s", "--unix-socket", server.path, "http://vault/whoami")
            #expect(body.hasPrefix(#"{"uid":1234,"gid":2345,"#))
        }
    }

    @Test(.enabled(if: canBecomeOthers, "needs root, setpriv and curl"))
    func `others can't open a socket that is not theirs`() async throws {
        try await TestServer.run(mode: 0o600) { server in
            let body = try await run(
                "/usr/bin/setpriv", "--reuid=1234", "--regid=2345", "--clear-groups",
                "/usr/bin/curl", "-s", "--unix-socket", server.path, "http://vault/whoami")
            #expect(body.isEmpty)
        }
    }
}

private let canBecomeOthers =
    geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0 && access("/usr/bin/curl", X_OK) == 0

/// Runs a program without holding a thread that the server may need.
private func run(_ program: String, _ arguments: String...) async throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    let (ended, ending) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in ending.finish() }
    try process.run()
    for await _ in ended {}
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
}
