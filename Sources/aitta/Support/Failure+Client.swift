import VaultAPI
import VaultClient

extension Failure {
    /// What a client's error means to whoever gave the command. `action` completes "a role that
    /// allows to …".
    init(_ error: VaultClientError, socketPath: String, purpose: String?, action: String) {
        switch error {
        case .problem(let problem): self.init(problem, purpose: purpose, action: action)
        case .unreachable(let obstacle): self.init(obstacle, socketPath: socketPath)
        case .connectionLost:
            self.init(
                "the connection to the daemon ended before its answer",
                hint: "see whether aittad runs, then look whether the change was made")
        case .timeout:
            self.init(
                "the daemon did not answer in time",
                hint: "see its log, then look whether the change was made")
        case .answerTooLarge: self.init("the answer is too large", hint: "ask for fewer fields")
        case .unexpectedAnswer(let status):
            self.init(
                "what answered at \(socketPath) is no vault (status \(status))",
                hint: "name the socket of aittad with --socket PATH or AITTA_SOCKET")
        case .invalidRequest:
            self = .usage("the purpose holds characters that no purpose has")
        case .cancelled: self.init("interrupted")
        }
    }

    private init(_ obstacle: VaultClientError.Obstacle, socketPath: String) {
        switch obstacle {
        case .noSocket:
            self.init(
                "there is no socket at \(socketPath)",
                hint: "start aittad, or name its socket with --socket PATH or AITTA_SOCKET")
        case .nobodyListens:
            self.init("nobody listens at \(socketPath)", hint: "start aittad")
        case .permissionDenied:
            self.init(
                "you may not open the socket \(socketPath)",
                hint: "an administrator can add you to the group that owns it; log in anew after")
        case .invalidPath:
            self = .usage("the path of the socket is empty or longer than 107 bytes")
        case .other(let errno):
            self.init(
                "can't connect to \(socketPath)" + (errno.map { " (error \($0))" } ?? ""),
                hint: "see whether aittad runs and serves")
        }
    }
}
