import Cryptography

/// Authenticates the entries of a ledger: each with the one before it.
struct LedgerMAC: Sendable {
    let vault: VaultID
    private let keys: LongLivedKeys

    init(_ keyring: Keyring) {
        self.init(keyring.keySets[0], vault: keyring.vault)
    }

    init(_ keys: LongLivedKeys, vault: VaultID) {
        self.keys = keys
        self.vault = vault
    }

    /// The MAC of an entry's body after that of the entry before; after the header, of the first.
    func mac(of body: ArraySlice<UInt8>, after previous: [UInt8]) throws(KeyError) -> [UInt8] {
        var message = AssociatedData()
        message.append("aitta.ledger.v1")
        message.append(previous)
        message.append(Array(body))
        do throws(CryptographyError) {
            return try KeyedHash.hash(message.bytes, key: keys.ledgerKey)
        } catch {
            throw KeyError(error, at: "ledger")
        }
    }
}
