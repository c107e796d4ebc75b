public import KeyManagement

/// What says, outside the database, where the root key comes from.
public protocol RootKeyNote: Sendable {
    /// The source.
    var source: RootKeySource { get }

    /// Names a second source beside it, durably: either may be the one that opens the keyring.
    func announce(_ next: RootKeySource) throws(KeyError)

    /// Names one source alone, durably.
    func settle(_ source: RootKeySource) throws(KeyError)
}
