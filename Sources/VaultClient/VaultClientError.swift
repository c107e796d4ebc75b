import AsyncHTTPClient
import Glibc
import NIOCore
public import VaultAPI

/// Why a request failed.
public enum VaultClientError: Error, Sendable, Hashable {
    /// Why no connection was made.
    public enum Obstacle: Sendable, Hashable {
        /// No file at the socket's path.
        case noSocket
        /// The file's permissions or a directory's keep the caller out.
        case permissionDenied
        /// The file is there, but nobody listens.
        case nobodyListens
        /// The path is empty or longer than a Unix socket's path can be.
        case invalidPath
        /// Anything else, by its error number where there is one.
        case other(errno: Int32?)
    }

    /// The vault refused: the problem says why.
    case problem(Problem)
    /// No connection; the request was not sent.
    case unreachable(Obstacle)
    /// The connection ended before the answer was whole. A change may have been written or not.
    case connectionLost
    /// No answer in time. A change may have been written or not.
    case timeout
    /// The answer is larger than the client takes.
    case answerTooLarge
    /// What came back is no answer of a vault.
    case unexpectedAnswer(status: Int)
    /// The purpose holds characters that a header can't.
    case invalidRequest
    /// The task was cancelled.
    case cancelled

    /// The problem, where the vault gave one.
    public var problem: Problem? {
        guard case .problem(let problem) = self else { return nil }
        return problem
    }

    /// Whether the same request may succeed later, and it is unknown whether this one took effect
    /// or known that it did not.
    public var isTransient: Bool {
        switch self {
        case .connectionLost, .timeout, .unreachable: true
        case .problem(let problem):
            switch problem.knownCode {
            case .notReady, .tooManyConnections, .outcomeUnknown, .timeout: true
            default: false
            }
        case .answerTooLarge, .unexpectedAnswer, .invalidRequest, .cancelled: false
        }
    }
}

extension VaultClientError {
    init(_ error: any Error) {
        switch error {
        case let error as VaultClientError: self = error
        case is CancellationError: self = .cancelled
        case is NIOTooManyBytesError: self = .answerTooLarge
        case is SocketAddressError: self = .unreachable(.invalidPath)
        case let error as HTTPClientError: self.init(error)
        case let error as IOError: self.init(errno: error.errnoCode)
        default: self = .connectionLost
        }
    }

    private init(_ error: HTTPClientError) {
        self =
            switch error {
            case .cancelled: .cancelled
            case .readTimeout, .writeTimeout, .deadlineExceeded: .timeout
            case .connectTimeout, .getConnectionFromPoolTimeout: .unreachable(.other(errno: nil))
            case .invalidURL, .emptyHost, .missingSocketPath: .unreachable(.invalidPath)
            default: .connectionLost
            }
    }

    /// Only errors that can come from nothing but connecting prove that nothing was sent.
    private init(errno: Int32) {
        self =
            switch errno {
            case ENOENT, ENOTDIR: .unreachable(.noSocket)
            case EACCES, EPERM: .unreachable(.permissionDenied)
            case ECONNREFUSED: .unreachable(.nobodyListens)
            case EAGAIN, ENOTSOCK, EPROTOTYPE: .unreachable(.other(errno: errno))
            default: .connectionLost
            }
    }
}
