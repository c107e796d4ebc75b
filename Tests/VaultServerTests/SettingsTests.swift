import Foundation
import Testing
import VaultServer

@testable import aittad

@Suite struct SettingsTests {
    private static let example = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "aitta.example.yaml")

    @Test func `the example shows every setting with its default`() async throws {
        let text = try String(contentsOf: Self.example, encoding: .utf8)
        let (settings, keys) = try await withFile(text) { file in
            try await Settings.loadWithKeys(file: file, flags: [:], environment: [:])
        }
        #expect(settings == Settings())
        let shown = Set(keysShown(in: text))
        #expect(shown == keys)
        #expect(keys.contains("erasure.scrubMilliseconds"))
    }

    @Test func `the example says of every setting what it takes`() throws {
        var previous = ""
        for line in try String(contentsOf: Self.example, encoding: .utf8).split(separator: "\n") {
            let line = line.trimmingCharacters(in: .whitespaces)
            let isSetting = !line.hasPrefix("#") && !line.hasSuffix(":")
            if isSetting { #expect(previous.hasPrefix("#"), "\(line) has no comment") }
            previous = line
        }
    }

    @Test func `without a file all is as documented`() async throws {
        let settings = try await Settings.load(file: nil, environment: [:])
        #expect(settings == Settings())
    }

    @Test func `flags go over the environment, and that over the file`() async throws {
        let file = "socket:\n  path: /file/s\n  mode: \"0600\"\nshutdownSeconds: 7\n"
        let environment = ["AITTA_SOCKET_PATH": "/environment/s", "AITTA_SHUTDOWN_SECONDS": "8"]
        let settings = try await withFile(file) {
            try await Settings.load(
                file: $0, flags: ["socket.path": "/flag/s"], environment: environment)
        }
        #expect(settings.socket.path == "/flag/s")
        #expect(settings.limits.shutdownSeconds == 8)
        #expect(settings.socket.mode == 0o600)
    }

    @Test func `the environment reaches every kind of setting`() async throws {
        let settings = try await Settings.load(
            file: nil,
            environment: [
                "AITTA_LIMITS_CONNECTIONS_PER_UID": "5", "AITTA_MEMORY_REQUIRE_LOCKED": "false",
                "AITTA_AUDIT_READ_DURABILITY": "process",
                "AITTA_SOCKET_GROUP": "www-data",
            ])
        #expect(settings.limits.connectionsPerUID == 5)
        #expect(!settings.requiresLockedMemory)
        #expect(settings.readDurability == .process)
        #expect(settings.socket.group == "www-data")
    }

    @Test(arguments: [
        ("socket:\n  colour: red\n", "there is no setting socket.colour"),
        ("sockets: 1\n", "there is no setting sockets"),
        ("socket: 1\n", "there is no setting socket"),
        (
            "limits:\n  bodyBytes: 12\n",
            "limits.bodyBytes takes a whole number from 1024 to 16777216"
        ),
        ("limits:\n  bodyBytes: many\n", "limits.bodyBytes takes a whole number"),
        ("limits:\n  bodyBytes: [1, 2]\n", "limits.bodyBytes takes one value"),
        ("memory:\n  requireLocked: perhaps\n", "memory.requireLocked takes true or false"),
        ("audit:\n  readDurability: none\n", "audit.readDurability takes one of power, process"),
        ("socket:\n  mode: 432\n", "socket.mode takes a mode"),
        ("socket:\n  mode: \"0777\"\n", "socket.mode takes a mode"),
        ("state: here\n", "state takes an absolute path"),
        ("- a\n", "the settings file holds no keys"),
        ("a: [\n", "the settings file is not valid YAML"),
    ])
    func `a setting that can't be meant is refused by name`(
        _ text: String, _ message: String
    ) async throws {
        let error = try await withFile(text) { file in
            await #expect(throws: SettingsError.self) {
                _ = try await Settings.load(file: file, environment: [:])
            }
        }
        #expect(error?.description.hasPrefix(message) == true, "\(error as Any)")
    }

    @Test func `a file that others can change is refused`() async throws {
        try await withFile("shutdownSeconds: 7\n", mode: 0o644) { file in
            let settings = try await Settings.load(file: file, environment: [:])
            #expect(settings.limits.shutdownSeconds == 7)
        }
        try await withFile("shutdownSeconds: 7\n", mode: 0o666) { file in
            _ = await #expect(throws: SettingsError.self) {
                _ = try await Settings.load(file: file, environment: [:])
            }
        }
    }

    private func withFile<Result>(
        _ text: String, mode: Int = 0o600, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let path = NSTemporaryDirectory() + "aitta-" + UUID().uuidString + ".yaml"
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: attributes))
        chmod(path, mode_t(mode))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private func keysShown(in text: String) -> [String] {
        var sections: [Substring] = []
        return text.split(separator: "\n").compactMap { line in
            guard let match = line.firstMatch(of: /^(\s*)([A-Za-z]+):(.*)$/) else { return nil }
            sections = Array(sections.prefix(match.1.count / 2))
            if match.3.isEmpty {
                sections.append(match.2)
                return nil
            }
            return (sections + [match.2]).joined(separator: ".")
        }
    }
}
