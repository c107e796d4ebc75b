extension Keyring {
    /// The epochs whose KEKs the keyring has, oldest first.
    public var epochs: [UInt64] { keks.map(\.epoch) }
}
