import Foundation

/// A transcript of a shell session: commands with what they print. It reads as documentation and
/// runs as a test.
///
///     # A comment. "# needs SOCKET" runs the transcript only where that variable is set.
///     $ aitta records find email -
///     < text for standard input, a line each
///     id  [id:CUSTOMER]
///     [exit 1]
///
/// Standard output and error are compared together, in the order in which they came. `[exit N]`
/// ends what a command prints that does not exit with 0. Where time or chance decides, a
/// placeholder stands: `[id]` for a UUID, `[number]`, `[time]` for an RFC 3339 time, `[text]` for
/// anything within the line; `[id:NAME]` also keeps what was found in the variable NAME for the
/// commands that follow.
struct Transcript {
    struct Step {
        var line: Int
        var command: String
        var input = ""
        var output: [String] = []
        var status: Int32 = 0
    }

    let name: String
    /// Environment variables without which it can't run.
    var needs: [String] = []
    var steps: [Step] = []

    init(path: String) throws {
        name = URL(filePath: path).lastPathComponent
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("# needs ") {
                needs.append(String(line.dropFirst(8)))
            } else if line.hasPrefix("$ ") {
                steps.append(Step(line: index + 1, command: String(line.dropFirst(2))))
            } else if line.hasPrefix("#") || steps.isEmpty {
                continue
            } else if line.hasPrefix("< ") {
                steps[steps.count - 1].input += line.dropFirst(2) + "\n"
            } else if let status = Self.status(line) {
                steps[steps.count - 1].status = status
            } else {
                steps[steps.count - 1].output.append(line)
            }
        }
        // Blank lines between the commands are for the reader.
        for index in steps.indices {
            while steps[index].output.last == "" { steps[index].output.removeLast() }
        }
    }

    /// All transcripts of the repository.
    static func all() throws -> [String] {
        let directory = Repository.root + "/Tests/Transcripts"
        return try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(".txt") }.sorted().map { directory + "/" + $0 }
    }

    private static func status(_ line: String) -> Int32? {
        guard line.hasPrefix("[exit "), line.hasSuffix("]") else { return nil }
        return Int32(line.dropFirst(6).dropLast())
    }
}
