import KeyManagement
import Storage
import StrictJSON
import Verification

/// The key history as the store keeps it: public, and proved by its own signatures (docs/FORMAT.md, "Key
/// history").
enum KeyHistoryState {
    static let name = "key-history"
    private static let limits = JSONLimits(
        maximumBytes: 1 << 20, maximumDepth: 8, maximumElements: 1 << 14)

    /// The history, and the version of its state; empty where no key ever changed.
    ///
    /// - Throws: ``VaultError/Code/damaged`` for one that its signatures don't prove.
    static func read(
        _ stored: StoredState?
    ) throws(VaultError) -> (history: KeyHistory, version: UInt64) {
        guard let stored else { return (KeyHistory(), 0) }
        guard let json = try? JSONParser.parse(stored.sealed, limits: limits),
            let history = KeyHistory(json)
        else { throw VaultError(.damaged, detail: "key history") }
        return (history, stored.version)
    }

    static func state(_ history: KeyHistory, version: UInt64) -> StoredState {
        StoredState(name: name, version: version, sealed: history.json.encoded())
    }
}

extension Keyring {
    /// The public keys that sign now.
    var signingKeys: SigningKeys {
        SigningKeys(
            certificates: certificateKey.publicKey, log: logKey.publicKey,
            backups: backupKey.publicKey)
    }
}
