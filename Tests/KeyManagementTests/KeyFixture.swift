import Cryptography
import Foundation
import Storage

@testable import KeyManagement

/// A new vault's keys in a directory of a test's own, gone with it.
final class KeyFixture: Sendable {
    let path: String
    let vault: VaultID
    let rootKey: RootKey
    let keyring: Keyring
    /// The recovery key as it is printed.
    let recoveryText: SecretText

    /// Holds guarded text where a class member must be copyable.
    final class SecretText: Sendable {
        let bytes: SecretBytes

        init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
    }

    init() throws {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        path = NSTemporaryDirectory() + "aitta-keys-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        vault = try sampleVault(1)
        rootKey = try RootKey(SecretBytes(random: 32))
        let recoveryKey = try BoxSecretKey()
        recoveryText = SecretText(try RecoveryKey.text(of: recoveryKey))
        keyring = try Keyring.make(
            vault: vault, recoveryKey: recoveryKey.publicKey, nowSeconds: 1_795_348_800)
        try directory.create(keyring, rootKey: rootKey)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var directory: KeyringDirectory { KeyringDirectory(path: path + "/keyring") }
    var keyringFile: String { path + "/keyring/keyring" }
    var escrowFile: String { path + "/keyring/escrow" }
    var rootKeyFile: String { path + "/root.key" }

    func read(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    func write(_ bytes: [UInt8], to file: String, mode: Int = 0o600) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    func openLedger() throws -> (ledger: Ledger, entries: [LedgerEntry]) {
        try Ledger.open(at: directory.ledgerPath, keyring: keyring)
    }
}

func sampleVault(_ number: UInt8) throws -> VaultID {
    guard let vault = VaultID(bytes: [UInt8](repeating: number, count: 16)) else {
        throw KeyError(.stateDamaged, at: "sample")
    }
    return vault
}

func sampleRecord(_ number: UInt64) -> RecordID {
    RecordID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)
}

/// Whether what one keyring sealed opens with the other, and their derivations agree.
func areSame(_ first: Keyring, _ second: Keyring) throws -> Bool {
    let stored = try SegmentKey.make(SegmentID(7), keyring: first).stored
    guard (try? SegmentKey.open(stored, keyring: second)) != nil else { return false }
    let values = try (
        first.searchedIndexes[0].secret.value(key: "phone", normalised: [1, 2, 3]),
        second.searchedIndexes[0].secret.value(key: "phone", normalised: [1, 2, 3])
    )
    return values.0.equals(values.1)
        && first.indexKey.chain(of: values.0).tag(3) == second.indexKey.chain(of: values.1).tag(3)
        && first.certificateKey.publicKey == second.certificateKey.publicKey
        && first.logKey.publicKey == second.logKey.publicKey
        && first.backupKey.publicKey == second.backupKey.publicKey
        && first.generation == second.generation && first.vault == second.vault
        && first.createdSeconds == second.createdSeconds && first.recoveryKey == second.recoveryKey
}

/// Every copy of some bytes with one bit flipped; one bit of each byte, another for each.
func bitFlips(_ bytes: [UInt8]) -> [(offset: Int, bytes: [UInt8])] {
    bytes.indices.map { offset in
        var flipped = bytes
        flipped[offset] ^= 1 << UInt8(offset % 8)
        return (offset, flipped)
    }
}

/// The code of the error that `body` throws; `nil` if it throws none.
func keyErrorCode(_ body: () throws -> Void) -> KeyError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? KeyError)?.code
    }
}
