import Foundation
import Glibc
import Testing
import Vault

@testable import aittad

@Suite struct WitnessTests {
    private let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "aitta-witness-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
    }

    private func cleaning(_ body: () async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body()
    }

    private func content(_ name: String) -> String? {
        FileManager.default.contents(atPath: directory + "/" + name).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func failure(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? WitnessFailure)?.code ?? "\(error)"
        }
    }

    private func script(_ text: String) throws -> String {
        let path = directory + "/script"
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: path))
        chmod(path, 0o755)
        return path
    }

    @Test func `a file holds the newest note whole`() async throws {
        try await cleaning {
            let witness = WitnessFile(path: directory + "/note")
            #expect(try await witness.held() == nil)
            try await witness.take(Array("first, and longer\n".utf8))
            try await witness.take(Array("second\n".utf8))
            #expect(content("note") == "second\n")
            let held = try #require(try await witness.held())
            #expect(held.note == Array("second\n".utf8))
            #expect(abs(held.milliseconds / 1000 - Int64(time(nil))) < 60)
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(names == ["note"])
        }
    }

    @Test func `a file that can't be written is said so, and left as it is`() async throws {
        try await cleaning {
            #expect(
                await failure { try await WitnessFile(path: directory + "/no/note").take([1]) }
                    == "file-unwritable")
            // Nobody, not even root, renames over a directory.
            try FileManager.default.createDirectory(
                atPath: directory + "/note/inside", withIntermediateDirectories: true)
            let witness = WitnessFile(path: directory + "/note")
            #expect(await failure { try await witness.take([1]) } == "file-unwritable")
            #expect(await failure { _ = try await witness.held() } == "file-unreadable")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(names == ["note"])
        }
    }

    @Test func `a command gets the note, its arguments, PATH and nothing else`() async throws {
        try await cleaning {
            let path = try script(
                """
                cd \(directory)
                cat > note
                echo "$1|$2|$#" > arguments
                tr '\\0' '\\n' < /proc/$$/environ > environment
                ls -l /proc/$$/fd > descriptors
                """)
            try await WitnessCommand(arguments: [path, "a$b", ";c"]).take(Array("a note\n".utf8))
            #expect(content("note") == "a note\n")
            #expect(content("arguments") == "a$b|;c|2\n")
            #expect(content("environment")?.hasPrefix("PATH=/usr/local/sbin:") == true)
            #expect(content("environment")?.split(separator: "\n").count == 1)
            #expect(content("descriptors")?.contains("socket:") == false)
        }
    }

    @Test func `what becomes of a command is told by a code`() async throws {
        try await cleaning {
            let path = try script("[ \"$1\" = kill ] && kill -9 $$\nexit \"$1\"")
            func code(_ argument: String) async -> String? {
                await failure {
                    try await WitnessCommand(arguments: [path, argument]).take([1])
                }
            }
            #expect(await code("0") == nil)
            #expect(await code("3") == "command-exit-3")
            #expect(await code("kill") == "command-signal-9")
            #expect(
                await failure { try await WitnessCommand(arguments: ["/no/such"]).take([1]) }
                    == "command-not-started")
        }
    }

    @Test func `a command that takes too long is ended, with all that it started`() async throws {
        try await cleaning {
            let path = try script("sleep 1000 & echo $! > \(directory)/pid; wait")
            #expect(
                await failure {
                    try await WitnessCommand(arguments: [path], timeoutMilliseconds: 1000)
                        .take([1])
                } == "command-timeout")
            let pid = try #require(
                content("pid").flatMap { pid_t($0.trimmingCharacters(in: .newlines)) })
            // It is a zombie of init's at most.
            let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            #expect(state == nil || state?.contains(") Z ") == true, "\(state ?? "")")
        }
    }
}
