import Cryptography

/// Authenticates the entries of a ledger: each with the one before it.
struct LedgerMAC: Sendable {
    let vault: VaultID
    private let keys: LongLivedKeys

    init(_ keys: LongLivedKeys, vault: VaultID) {
        self.keys = keys
        self.vault = vault
    }

    /// Whether it authenticates by the newest keys of a keyring.
    func isNewest(of keyring: Keyring) -> Bool { keys === keyring.newest }

    func isSame(as other: LedgerMAC) -> Bool { keys === other.keys }

    /// The MAC of the count of entries, where it stands beside the records.
    func mac(ofCount count: UInt64) throws(KeyError) -> [UInt8] {
        var message = AssociatedData()
        message.append("aitta.ledger-count.v1")
        message.append(vault.bytes)
        message.append(count)
        return try hash(message)
    }

    /// The MAC of an entry's body after that of the entry before; after the header, of the first.
    func mac(of body: ArraySlice<UInt8>, after previous: [UInt8]) throws(KeyError) -> [UInt8] {
        var message = AssociatedData()
        message.append("aitta.ledger.v1")
        message.append(previous)
        message.append(Array(body))
        return try hash(message)
    }

    private func hash(_ message: AssociatedData) throws(KeyError) -> [UInt8] {
        do throws(CryptographyError) {
            return try KeyedHash.hash(message.bytes, key: keys.ledgerKey)
        } catch {
            throw KeyError(error, at: "ledger")
        }
    }
}

extension Keyring {
    /// What may authenticate the ledger: in a deep rotation the new key, once the ledger is written anew, and
    /// until then the former one.
    var ledgerMACs: [LedgerMAC] {
        keySets.reversed().map { LedgerMAC($0, vault: vault) }
    }
}
