import Glibc

/// Why the server can't take its socket: what is wrong, and what to do.
public struct SocketError: Error, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let description: String
    /// What to do about it.
    public let hint: String?

    init(_ text: String, errno code: Int32? = nil, hint: String? = nil) {
        description = code.map { text + ": " + String(cString: strerror($0)) } ?? text
        self.hint = hint
    }
}
