import Foundation

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

    private func run(_ step: Transcript.Step) throws -> ([String], Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", step.command]
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: scratch.path)
        let input = Pipe()
        // A file, not a pipe: what a step leaves running in the background, or a process that another
        // test starts at the same moment, may hold a pipe open for as long as it lives.
        let outputPath = scratch.path + "/.output"
        FileManager.default.createFile(atPath: outputPath, contents: nil)
        let output = try FileHandle(forWritingTo: URL(filePath: outputPath))
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // A command that does not read its input closes the pipe; that is its right.
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: Data(step.input.utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        try output.close()
        let bytes = FileManager.default.contents(atPath: outputPath) ?? Data()
        var lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
        while lines.last == "" { lines.removeLast() }
        return (lines, process.terminationStatus)
    }
}
