import Cryptography
import Synchronization

/// A count of a ledger's entries that stands beside the records, authenticated (docs/FORMAT.md, "Sealed state").
public enum LedgerCount {
    /// Whether a MAC is that of a count; while a rotation renews the ledger's key, under either.
    public static func isValid(
        _ mac: [UInt8], of count: UInt64, keyring: Keyring
    ) throws(KeyError) -> Bool {
        for authenticator in keyring.ledgerMACs
        where ConstantTime.equals(mac, try authenticator.mac(ofCount: count)) {
            return true
        }
        return false
    }

    /// Whether a MAC is that of a count under the key that outlives a rotation.
    public static func isUnderNewestKey(
        _ mac: [UInt8], of count: UInt64, keyring: Keyring
    ) throws(KeyError) -> Bool {
        ConstantTime.equals(mac, try keyring.ledgerMACs[0].mac(ofCount: count))
    }
}

extension Ledger {
    /// The MAC of a count of its entries.
    public func mac(ofCount count: UInt64) throws(KeyError) -> [UInt8] {
        try state.withLock { $0.authenticator }.mac(ofCount: count)
    }
}
