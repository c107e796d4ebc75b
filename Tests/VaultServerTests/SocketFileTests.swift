import Foundation
import Testing

@testable import VaultServer

@Suite struct SocketFileTests {
    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func `the socket has the mode that was set`(_ mode: UInt32) async throws {
        try await TestServer.run(mode: mode) { server in
            let status = try status(of: server.path)
            #expect(status.st_mode & 0o777 == mode)
        }
    }

    @Test func `the socket has the group that was set`() async throws {
        let group = geteuid() == 0 ? 2345 : getegid()
        try await TestServer.run(mode: 0o660, socketGroup: "\(group)") { server in
            let status = try status(of: server.path)
            #expect(status.st_gid == group)
        }
    }

    @Test func `a group that there is not keeps the server from serving`() async throws {
        await #expect(throws: SocketError.self) {
            try await TestServer.run(socketGroup: "no-such-group-here") { _ in }
        }
    }

    @Test func `a directory that others can write is refused`() throws {
        let directory = NSTemporaryDirectory() + "aitta-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let socket = SocketFile(path: directory + "/s")
        for (mode, isAllowed) in [(0o755, true), (0o775, false), (0o777, false), (0o1777, true)] {
            #expect(chmod(directory, mode_t(mode)) == 0)
            if isAllowed {
                try socket.checkDirectory()
            } else {
                #expect(throws: SocketError.self) { try socket.checkDirectory() }
            }
        }
    }

    @Test(arguments: [
        "relative/s", "/no/such/directory/s", "/tmp/" + String(repeating: "x", count: 120),
    ])
    func `a path that can't be bound is refused`(_ path: String) {
        #expect(throws: SocketError.self) { try SocketFile(path: path).checkDirectory() }
    }

    private func status(of path: String) throws -> stat {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status
    }
}
