/// A sealed, versioned document that belongs to no record: the access policy, the vault-level box,
/// the state of the configuration.
public struct StoredState: Sendable, Equatable {
    /// Its name, such as `policy`.
    public var name: String
    /// 1 when made, one more with every change.
    public var version: UInt64
    /// The sealed bytes (docs/FORMAT.md, "Sealed state").
    public var sealed: [UInt8]

    /// Makes a state of its parts.
    public init(name: String, version: UInt64, sealed: [UInt8]) {
        self.name = name
        self.version = version
        self.sealed = sealed
    }
}

/// What was answered to a request that carried an idempotency key.
public struct StoredReplay: Sendable, Equatable {
    /// 16 bytes: keyed hash of principal, route and key.
    public var key: [UInt8]
    /// When it may be forgotten, in Unix seconds.
    public var expiresAtSeconds: Int64
    /// The sealed outcome (docs/FORMAT.md, "Idempotency row").
    public var sealed: [UInt8]

    /// Makes a replay of its parts.
    public init(key: [UInt8], expiresAtSeconds: Int64, sealed: [UInt8]) {
        self.key = key
        self.expiresAtSeconds = expiresAtSeconds
        self.sealed = sealed
    }
}
