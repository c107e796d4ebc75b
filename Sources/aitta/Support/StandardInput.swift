import Glibc

/// Standard input: one value or one document. From a terminal a value is read unseen.
enum StandardInput {
    /// Reads a value: everything up to the end, without a last line ending; from a terminal one
    /// line, without echo.
    static func value(limit: Int = 64 << 10) throws -> String {
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal { StandardError.write("value: ") }
        var bytes = try isTerminal ? withoutEcho { try line(limit: limit) } : all(limit: limit)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("what was given on standard input is not UTF-8")
        }
        guard !text.isEmpty else { throw Failure("nothing was given on standard input") }
        return text
    }

    /// Reads everything up to the end.
    static func all(limit: Int) throws -> [UInt8] {
        try FileBytes.read(descriptor: STDIN_FILENO, limit: limit, name: "standard input")
    }

    private static func line(limit: Int) throws -> [UInt8] {
        guard let text = readLine(strippingNewline: true) else { return [] }
        guard text.utf8.count <= limit else { throw Failure("the value is too long") }
        return Array(text.utf8)
    }

    private static func withoutEcho(_ read: () throws -> [UInt8]) throws -> [UInt8] {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return try read() }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            StandardError.write("\n")
        }
        return try read()
    }
}
