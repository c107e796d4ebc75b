import Glibc

/// Standard error, where everything goes that is not the answer.
enum StandardError {
    /// Whether somebody watches.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a line.
    static func print(_ line: String) {
        write(line + "\n")
    }

    /// Writes text as it is. What can't be written is lost: there is nowhere else to say so.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress! + written, bytes.count - written)
            }
            if count <= 0 { return }
            written += count
        }
    }
}
