import Foundation
import Glibc

/// Runs transcripts with the programs that were built beside the tests; BIN names another
/// directory, SOCKET a daemon's socket. Each runs in a directory of its own, with ROOT as the
/// repository.
struct TranscriptRunner {
    struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    private let scratch: ScratchDirectory
    private var environment: [String: String]

    init() throws {
        scratch = try ScratchDirectory()
        let own = ProcessInfo.processInfo.environment
        environment = own.filter { !$0.key.hasPrefix("AITTA_") }
        environment["PATH"] = Self.programs + ":" + (own["PATH"] ?? "/usr/bin:/bin")
        environment["ROOT"] = Repository.root
        environment["SHELL"] = "/bin/sh"
        environment["LC_ALL"] = "C.UTF-8"
    }

    /// Where the programs are.
    static var programs: String {
        if let named = ProcessInfo.processInfo.environment["BIN"] { return named }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own ?? "/").deletingLastPathComponent().path()
    }

    /// What a transcript needs and does not have.
    func missing(_ transcript: Transcript) -> [String] {
        transcript.needs.filter { environment[$0] == nil }
    }

    /// Runs every step; the first that prints or exits otherwise than it should is an error.
    mutating func run(_ transcript: Transcript) throws {
        for step in transcript.steps {
            let (lines, status) = try run(step)
            let place = "\(transcript.name):\(step.line): $ \(step.command)"
            let whole = "\n" + lines.joined(separator: "\n") + "\n[exit \(status)]"
            guard lines.count == step.output.count, status == step.status else {
                throw Mismatch(description: place + whole)
            }
            for (line, expected) in zip(lines, step.output) {
                guard let found = try TranscriptPattern(expected).match(line) else {
                    throw Mismatch(description: "\(place)\nexpected: \(expected)\(whole)")
                }
                environment.merge(found) { _, new in new }
            }
        }
    }

    /// Foundation's Process waits until whatever the step left running in the background has ended,
    /// too; so the shell is started and waited for without it, with files in the place of pipes.
    private func run(_ step: Transcript.Step) throws -> ([String], Int32) {
        let inputPath = scratch.path + "/.input"
        let outputPath = scratch.path + "/.output"
        try Data(step.input.utf8).write(to: URL(filePath: inputPath))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        let words = ["sh", "-c", #"cd "$1" && eval "$2""#, "sh", scratch.path, step.command]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        // A thread of a pool blocks signals, and the shell's background jobs would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child = pid_t()
        guard posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, variables) == 0
        else {
            throw Mismatch(description: "/bin/sh can't be started")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let bytes = FileManager.default.contents(atPath: outputPath) ?? Data()
        var lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
        while lines.last == "" { lines.removeLast() }
        return (lines, status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
    }
}
