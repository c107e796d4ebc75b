import Catalogue
import Cryptography
import Foundation
import GRDB
import KeyManagement
import SQLiteStore
import Storage
import Vault
import VaultTesting

/// A vault's files in a directory of a test's own, gone with it.
final class VaultFiles: Sendable {
    let path: String
    let clock = SimulatedClock()
    let keyring: Keyring
    private let firstRootKey: RootKey
    /// Where the root key comes from, once it was changed.
    let rootKeyNote: TestRootKeyNote

    /// Makes a vault, with ``TestCaller``'s grants.
    static func make() async throws -> VaultFiles {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        let files = try VaultFiles()
        let (ledger, _) = try files.openLedger()
        let store = try SQLiteStore.create(at: files.path)
        try await RecordVault.create(
            in: store, keyring: files.keyring, ledger: ledger, grants: TestCaller.grants,
            catalogue: .shipped, clock: files.clock)
        await store.close()
        return files
    }

    private init() throws {
        path = NSTemporaryDirectory() + "aitta-vault-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        keyring = try Self.makeKeyring()
        rootKeyNote = TestRootKeyNote(path: path + "/root.key")
        firstRootKey = try RootKey(SecretBytes(random: 32))
        try keyrings.create(keyring, rootKey: firstRootKey)
    }

    /// A new directory on another machine, with the keys of a vault that is restored into it.
    init(restoring keyring: Keyring, ledgerAt ledger: String) throws {
        path = NSTemporaryDirectory() + "aitta-restored-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        self.keyring = keyring
        rootKeyNote = TestRootKeyNote(path: path + "/root.key")
        firstRootKey = try RootKey(SecretBytes(random: 32))
        try keyrings.restore(keyring, rootKey: firstRootKey, ledgerAt: ledger)
    }

    /// A keyring of the same vault with other keys.
    static func makeKeyring() throws -> Keyring {
        guard let vault = VaultID(bytes: [UInt8](repeating: 0xA1, count: 16)) else {
            throw TestFailure("vault id")
        }
        return try Keyring.make(
            vault: vault, recoveryKey: BoxSecretKey().publicKey, nowSeconds: 1_795_348_800)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var keyrings: KeyringDirectory { KeyringDirectory(path: path + "/keyring") }

    var rootKey: RootKey {
        get throws { try rootKeyNote.rootKey ?? firstRootKey }
    }

    /// The keyring as it lies on disk.
    func currentKeyring() throws -> Keyring {
        try keyrings.open(rootKey: rootKey, vault: keyring.vault)
    }

    var ledgerPath: String { path + "/keyring/ledger" }
    var database: String { path + "/vault.db" }

    /// Makes a directory for a replica.
    func makeReplica(_ name: String) throws -> String {
        let replica = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: replica, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        return replica
    }

    func openLedger() throws -> (ledger: Ledger, entries: [LedgerEntry]) {
        try Ledger.open(at: ledgerPath, keyring: currentKeyring())
    }

    /// Opens the vault through a store that can be made to fail.
    ///
    /// - Parameter prepare: What to do with the store before the vault reads from it.
    func open(
        _ configuration: VaultConfiguration = .forTests, keyring: Keyring? = nil,
        replicas: [any KeyringStorage] = [], ledgerReplicas: [String] = [],
        acceptsOlder: Bool = true,
        prepare: (FaultyStore) -> Void = { _ in }
    ) async throws -> OpenedVault {
        let store = FaultyStore(try SQLiteStore.open(at: path))
        prepare(store)
        do {
            let (ledger, entries) = try openLedger()
            try ledger.replicate(to: ledgerReplicas)
            let failures = FailureLog()
            let rootKey = try rootKey
            let configuration = configuration.with {
                $0.keyStorage =
                    $0.keyStorage
                    ?? KeyStorage(keyrings: keyrings, replicas: replicas, rootKey: rootKey)
                $0.rootKeyNote = $0.rootKeyNote ?? rootKeyNote
            }
            let opening = { (ledger: Ledger, entries: [LedgerEntry]) in
                try await RecordVault.open(
                    store: store, keyring: keyring ?? self.currentKeyring(), ledger: ledger,
                    entries: entries, configuration: configuration, clock: self.clock,
                    onFailure: failures.note)
            }
            let vault: RecordVault
            do {
                vault = try await opening(ledger, entries)
            } catch let error as OpeningError
                where acceptsOlder && [.logOlder, .logAltered].contains(error.code)
            {
                _ = try await RecordVault.acceptOlderDatabase(
                    in: store, keyring: currentKeyring(), ledger: ledger, entries: entries,
                    clock: clock, reason: "test")
                let (ledger, entries) = try openLedger()
                vault = try await opening(ledger, entries)
            }
            return OpenedVault(files: self, vault: vault, store: store, failures: failures)
        } catch {
            await store.closeInner()
            throw error
        }
    }

    /// Opens and verifies everything of the closed vault.
    func check() async throws -> VaultCheck.Report {
        try await withCheck { try await $0.run() }
    }

    func withCheck<Value>(_ body: (VaultCheck) async throws -> Value) async throws -> Value {
        let store = try SQLiteStore.open(at: path)
        do {
            let (_, entries) = try Ledger.open(
                at: ledgerPath, keyring: currentKeyring(), isReadOnly: true)
            let value = try await body(
                VaultCheck(store: store, keyring: currentKeyring(), entries: entries))
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    /// Changes or reads the closed database behind the vault's back.
    @discardableResult
    func edit<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: database)
        let value = try queue.writeWithoutTransaction(body)
        try queue.close()
        return value
    }

    /// The closed database's file.
    func copyDatabase() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: database))
    }

    /// Puts a copy of the closed database back.
    func putBack(_ copy: Data) throws {
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: database + suffix)
        }
        try copy.write(to: URL(fileURLWithPath: database))
    }
}

/// What an opened vault's store failed with.
final class FailureLog: Sendable {
    private let errors = Locked<[StoreError]>([])

    var all: [StoreError] { errors.value }

    @Sendable func note(_ error: StoreError) { errors.change { $0.append(error) } }
}

/// Why a test's own machinery could not go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension VaultConfiguration {
    /// Artificial henkilötunnus are accepted; nothing waits for company, nor an erasure for answers.
    static var forTests: VaultConfiguration {
        VaultConfiguration(
            settings: CatalogueSettings(acceptArtificialHenkilotunnus: true),
            readDurability: .process, responseDeadlineSeconds: 0, gatherMicroseconds: 0)
    }

    func with(_ change: (inout VaultConfiguration) -> Void) -> VaultConfiguration {
        var changed = self
        change(&changed)
        return changed
    }
}

extension VaultFiles {
    /// Lends the store of the closed vault.
    func withStore<Value>(_ body: (SQLiteStore) async throws -> Value) async throws -> Value {
        let store = try SQLiteStore.open(at: path)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}

/// Says where a test's root key comes from.
final class TestRootKeyNote: RootKeyNote {
    private let first: RootKeySource
    private let settled = Locked<RootKeySource?>(nil)

    init(path: String) { first = .keyFile(path: path) }

    var source: RootKeySource { settled.value ?? first }

    /// The root key, if it was changed.
    var rootKey: RootKey? {
        get throws {
            guard case .keyFile(let path) = settled.value else { return nil }
            return try RootKeyFile(path: path).rootKey()
        }
    }

    func announce(_ next: RootKeySource) {}

    func settle(_ source: RootKeySource) { settled.change { $0 = source } }
}
