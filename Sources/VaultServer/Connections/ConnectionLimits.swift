import VaultAPI

/// How much of the server one client, or all of them together, may take.
public struct ConnectionLimits: Sendable, Equatable {
    /// Most connections that may use every route.
    public var connections = APILimits.connections
    /// Most of these that one uid may hold.
    public var connectionsPerUID = APILimits.connectionsPerUID
    /// Further connections that may only ask for health; one uid may hold half of them.
    public var connectionsForHealth = APILimits.connectionsForHealth
    /// Most requests a second of one uid without any grant, health not counted; twice as many at once.
    public var strangerRequestsPerSecond = 10
    /// Longest time from a request's first byte to its last, in seconds.
    public var requestDeadlineSeconds = APILimits.requestDeadlineSeconds
    /// Longest time that a client may take to read an answer, in seconds.
    public var responseDeadlineSeconds = APILimits.responseDeadlineSeconds
    /// Longest time that a connection may stay open without a request, in seconds.
    public var idleSeconds = APILimits.idleSeconds
    /// Longest time that requests in progress may take once the server stops, in seconds.
    public var shutdownSeconds = 10
    /// Largest body of a request, in bytes.
    public var bodyBytes = APILimits.requestBodyBytes
    /// Largest sum of a request's path, header names and header values, in bytes.
    public var headerBytes = APILimits.headerBytes
    /// Most header fields of a request.
    public var headerFields = 64

    /// Makes the limits that hold where nothing else is configured.
    public init() {}
}
