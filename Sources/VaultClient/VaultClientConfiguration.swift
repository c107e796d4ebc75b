/// How a client behaves: each has a default that suits an application on the same machine.
public struct VaultClientConfiguration: Sendable {
    /// Where a daemon listens that was not told otherwise.
    public static let socketPath = "/run/aitta/aitta.sock"

    /// Where the daemon listens.
    public var socketPath: String
    /// Longest wait for a connection.
    public var connectTimeoutSeconds = 5
    /// Longest wait for an answer to begin, and for each further part of it. Longer than the
    /// daemon's own deadlines, so that it is the daemon that says why.
    public var requestTimeoutSeconds = 30
    /// Connections kept at most; further requests wait for one of them.
    public var maximumConnections = 8
    /// Largest answer taken.
    public var responseBytes = 32 << 20
    /// How often a request is sent at most, where sending it again is safe.
    public var attempts = 5
    /// Whether to wait for a daemon that is not there. Otherwise its absence is reported at once,
    /// unless it went away in the middle of a request.
    public var retriesUnreachable = false
    /// The wait before the second attempt; doubled before each further one.
    public var retryDelayMilliseconds = 100

    /// Makes a configuration with the default limits.
    public init(socketPath: String = VaultClientConfiguration.socketPath) {
        self.socketPath = socketPath
    }
}
