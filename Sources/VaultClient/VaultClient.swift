import AsyncHTTPClient
import NIOCore

/// Reads and writes records in a vault through its Unix socket. Who the caller is, the daemon
/// learns from the kernel; what for, the client says with its purpose.
///
/// ```swift
/// let vault = VaultClient(socketPath: "/run/aitta/aitta.sock", purpose: "customer-service")
/// let created = try await vault.create(
///     NewRecord(
///         kind: .person, source: "subject",
///         fields: ["name": .object([.init("given", "Aino"), .init("family", "Korhonen")])]))
/// let record = try await vault.record(created.id, fields: ["name"])
/// try await vault.shutDown()
/// ```
///
/// A copy shares the connections and may have another purpose. Call `shutDown` once, when no copy
/// is used any more.
public struct VaultClient: Sendable {
    /// Sent with every request that reads or writes personal data; one that a grant allows.
    public var purpose: String?

    /// Presented with every request, if there is one.
    public let token: ClientToken?

    /// How the client behaves.
    public let configuration: VaultClientConfiguration

    let http: HTTPClient
    let clock: any Clock<Duration>

    /// Makes a client; it connects when the first request is sent.
    ///
    /// - Parameters:
    ///   - socketPath: where the daemon listens.
    ///   - purpose: as a grant names it, `customer-service` for example.
    public init(socketPath: String = VaultClientConfiguration.socketPath, purpose: String? = nil) {
        self.init(VaultClientConfiguration(socketPath: socketPath), purpose: purpose)
    }

    /// Makes a client; it connects when the first request is sent.
    ///
    /// - Parameters:
    ///   - configuration: limits and retries.
    ///   - purpose: as a grant names it.
    ///   - token: a token, whose grants apply in place of the uid's.
    ///   - clock: what the waits between retries are measured by.
    public init(
        _ configuration: VaultClientConfiguration, purpose: String? = nil,
        token: ClientToken? = nil, clock: any Clock<Duration> = .continuous
    ) {
        self.configuration = configuration
        self.purpose = purpose
        self.token = token
        self.clock = clock
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .seconds(Int64(configuration.connectTimeoutSeconds)),
                read: .seconds(Int64(configuration.requestTimeoutSeconds))),
            decompression: .disabled)
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            configuration.maximumConnections
        // Whether a failed connection is worth another try is decided here, not in the pool: an
        // absent daemon should be reported at once.
        settings.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(
            eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup),
            configuration: settings)
    }

    /// Closes the connections. Requests under way fail.
    public func shutDown() async throws(VaultClientError) {
        do {
            try await http.shutdown()
        } catch {
            throw VaultClientError(error)
        }
    }
}
