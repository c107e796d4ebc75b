import ArgumentParser

/// Why a command ends without having done what it was asked: what is wrong, and what to do.
struct Failure: Error, Equatable {
    /// Exit codes.
    enum Status: Int32 {
        case done = 0
        case failed = 1
        case usage = 2
    }

    var message: String
    var hint: String?
    var status = Status.failed

    init(_ message: String, hint: String? = nil, status: Status = .failed) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    static func usage(_ message: String, hint: String? = nil) -> Failure {
        Failure(message, hint: hint, status: .usage)
    }

    /// The lines to print.
    var text: String {
        guard let hint else { return "error: " + message }
        return "error: " + message + "\nhint: " + hint
    }
}

extension Failure {
    /// What ArgumentParser found wrong, without the values that it repeats: one may be personal.
    init(parserError error: any Error) {
        let message = Aitta.message(for: error)
        let line = message.split(separator: "\n").first.map(String.init) ?? "wrong usage"
        self = .usage(
            Self.lowercasingFirst(Self.withoutValues(line)),
            hint: "aitta --help, or aitta COMMAND --help, shows how to write it")
    }

    /// Text in quotes stays if it is the name of an option or an argument, `--json` or `<id>`.
    static func withoutValues(_ line: String) -> String {
        var kept = ""
        for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false)
            .enumerated()
        {
            let isQuoted = index % 2 == 1
            if index > 0 { kept += "'" }
            let isName =
                (part.hasPrefix("-") && !part.contains("=")) || part.hasPrefix("<")
            kept += isQuoted && !isName ? "…" : part
        }
        return kept
    }

    private static func lowercasingFirst(_ line: String) -> String {
        guard let first = line.first else { return line }
        return first.lowercased() + line.dropFirst()
    }
}
