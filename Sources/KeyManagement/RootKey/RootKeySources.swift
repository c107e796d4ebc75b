/// The source that a vault's note names, and while it is being changed the next one as well: whichever
/// opens the keyring is the vault's.
public struct RootKeySources: Sendable, Equatable {
    /// The source.
    public var current: RootKeySource
    /// The source that a change announced; `nil` when none is under way.
    public var pending: RootKeySource?

    /// Names them.
    public init(current: RootKeySource, pending: RootKeySource? = nil) {
        self.current = current
        self.pending = pending
    }

    /// Opens the keyring by the first source whose key fits: those that need nobody to say anything
    /// come first.
    ///
    /// - Parameter passphrase: What was given; `nil`: nothing yet.
    /// - Throws: ``KeyError/Code/passphraseRequired`` where only a passphrase can open it,
    ///   ``KeyError/Code/wrongPassphrase`` where it doesn't, ``KeyError/Code/wrongRootKey``, or as source and
    ///   keyring.
    public func open(
        _ directory: KeyringDirectory, vault: VaultID, passphrase: Passphrase? = nil
    ) throws(KeyError) -> OpenedKeyring {
        var failure: KeyError?
        for source in ordered {
            do throws(KeyError) {
                let rootKey = try source.rootKey(passphrase)
                return OpenedKeyring(
                    keyring: try directory.open(rootKey: rootKey, vault: vault), rootKey: rootKey,
                    source: source)
            } catch {
                guard isOfSource(error) else { throw error }
                failure = worse(error, of: source, than: failure)
            }
        }
        throw failure ?? KeyError(.wrongRootKey, at: "keyring")
    }

    private var ordered: [RootKeySource] {
        let all = [current] + (pending.map { [$0] } ?? [])
        return all.filter { !$0.needsPassphrase } + all.filter(\.needsPassphrase)
    }

    /// Whether another source may still fit.
    private func isOfSource(_ error: KeyError) -> Bool {
        switch error.code {
        case .keyringMissing, .keyringDamaged, .keyringOfOtherVault: false
        default: true
        }
    }

    /// What a passphrase could mend is said before what nobody asked for could.
    private func worse(
        _ error: KeyError, of source: RootKeySource, than failure: KeyError?
    ) -> KeyError {
        guard source.needsPassphrase else { return failure ?? error }
        guard error.code == .wrongRootKey else { return error }
        return KeyError(
            .wrongPassphrase, at: "keyring",
            hint: "type it again; after a restore, check that the passphrase file is this vault's")
    }
}

/// A keyring, and what opened it.
public struct OpenedKeyring: Sendable {
    /// The keyring.
    public let keyring: Keyring
    /// The key that opened it.
    public let rootKey: RootKey
    /// Where that came from.
    public let source: RootKeySource
}
