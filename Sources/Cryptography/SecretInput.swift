import Glibc

/// Secrets that a person or another program gives: read into guarded memory alone, from a terminal
/// unseen.
public enum SecretInput {
    /// Reads a line from a terminal, without echo, or everything from what is no terminal. A last line
    /// ending is no part of it.
    ///
    /// - Parameters:
    ///   - prompt: Shown on a terminal, on standard error.
    ///   - limit: The longest secret, in bytes.
    /// - Throws: `noSecretGiven` where there is none, or more than the limit.
    public static func read(
        from descriptor: CInt, prompt: String, limit: Int
    ) throws(CryptographyError) -> SecretBytes {
        guard isatty(descriptor) == 1 else {
            return try read(descriptor, limit: limit, stopsAtLineEnd: false)
        }
        // Hiding drops what was typed before it, so whoever answers the prompt at once must see it after.
        Terminal.hide(descriptor)
        Terminal.show(prompt + ": ")
        defer {
            Terminal.restore()
            Terminal.show("\n")
        }
        return try read(descriptor, limit: limit, stopsAtLineEnd: true)
    }

    private static func read(
        _ descriptor: CInt, limit: Int, stopsAtLineEnd: Bool
    ) throws(CryptographyError) -> SecretBytes {
        // Room for the line ending, and for one byte more, which says that there is too much.
        var secret = try SecretBytes(count: limit + 3)
        var count = 0
        while count < secret.count {
            let got = secret.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .noSecretGiven }
            if got == 0 { break }
            count += got
            let endsLine = secret.withUnsafeBytes { $0[count - 1] == UInt8(ascii: "\n") }
            if stopsAtLineEnd, endsLine { break }
        }
        for ending in [UInt8(ascii: "\n"), UInt8(ascii: "\r")] {
            if count > 0, secret.withUnsafeBytes({ $0[count - 1] == ending }) { count -= 1 }
        }
        guard 1...limit ~= count else { throw .noSecretGiven }
        try secret.truncate(to: count)
        return secret
    }
}

/// A terminal that shows nothing of what is typed, and shows it again however the process ends.
private enum Terminal {
    static func show(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes {
            write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
    }

    static func hide(_ descriptor: CInt) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return }
        hidden = (descriptor, settings)
        for number in endings { signal(number, endUnhidden) }
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(descriptor, TCSAFLUSH, &settings)
    }

    static func restore() {
        guard var saved = hidden else { return }
        tcsetattr(saved.descriptor, TCSAFLUSH, &saved.settings)
        for number in endings { signal(number, SIG_DFL) }
        hidden = nil
    }
}

private let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

/// What the terminal was like, for the signal handler; written before the handler is set.
private nonisolated(unsafe) var hidden: (descriptor: CInt, settings: termios)?

/// tcsetattr(3), signal(2) and raise(3) are safe in a signal handler (POSIX, 2.4.3).
private let endUnhidden: @convention(c) (CInt) -> Void = { number in
    if var saved = hidden { tcsetattr(saved.descriptor, TCSANOW, &saved.settings) }
    signal(number, SIG_DFL)
    raise(number)
}
