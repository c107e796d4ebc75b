import Dispatch
import Glibc
import KeyManagement
import Logging
import Storage
import Synchronization
import Vault
import VaultServer

/// Opens the vault of a state directory: at once, or once its passphrase has come.
final class VaultOpening: VaultUnsealing {
    private let locked: LockedState
    private let configuration: VaultConfiguration
    private let replicas: [KeyringDirectory]
    private let ledgerReplicas: [String]
    private let logger: Logger
    private let opened = Mutex<RecordVault?>(nil)
    private let (vaults, arrival) = AsyncThrowingStream.makeStream(of: RecordVault.self)

    init(
        _ locked: LockedState, configuration: VaultConfiguration, replicas: [KeyringDirectory],
        ledgerReplicas: [String], logger: Logger
    ) {
        self.replicas = replicas
        self.ledgerReplicas = ledgerReplicas
        self.locked = locked
        self.configuration = configuration
        self.logger = logger
    }

    /// The vault, once it is open; the error that keeps it from opening. For one reader.
    var vault: AsyncThrowingStream<RecordVault, any Error> { vaults }

    /// Opens the vault without a passphrase.
    ///
    /// - Returns: `nil`: it needs one.
    func open() async throws -> RecordVault? {
        do {
            return try await open(nil)
        } catch let error as KeyError where error.code == .passphraseRequired {
            return nil
        }
    }

    /// Opens the vault. What no passphrase mends ends the daemon as it would have at its start.
    func unseal(
        _ passphrase: PresentedPassphrase
    ) async throws(UnsealingFailure) -> RecordVault {
        do {
            return try await open(passphrase.passphrase)
        } catch let error as KeyError where error.code == .wrongPassphrase {
            throw .wrongPassphrase
        } catch {
            arrival.finish(throwing: error)
            throw .broken(code: Self.code(of: error))
        }
    }

    /// Closes the vault, if it was opened.
    func shutDown() async {
        arrival.finish()
        await opened.withLock { $0 }?.shutDown()
    }

    private func open(_ passphrase: Passphrase?) async throws -> RecordVault {
        let state = try await offThreadPool { [locked, ledgerReplicas] in
            let state = try locked.open(passphrase: passphrase)
            try state.ledger.replicate(to: ledgerReplicas)
            try locked.settle(state)
            return state
        }
        var configuration = configuration
        configuration.keyStorage = state.keyStorage.replicated(to: replicas)
        configuration.rootKeyNote = VaultNote(
            locked.note, source: state.source, in: locked.directory)
        #if DEBUG
            configuration.onRootKeyStep = StopPoint.reached
        #endif
        let logger = logger
        let vault = try await RecordVault.open(
            store: state.store, keyring: state.keyring, ledger: state.ledger,
            entries: state.entries, configuration: configuration, clock: SystemWallClock()
        ) { error in
            logger.critical("the store failed", metadata: ["code": "\(error)"])
            guard error == .outcomeUnknown else { return }
            Task.detached {
                // Those who wait are told; then the process ends without a checkpoint.
                try? await Task.sleep(for: .milliseconds(500))
                _exit(70)
            }
        }
        if let warning = state.keyStorage.keyrings.strength.warning {
            logger.warning("\(warning)")
        }
        opened.withLock { $0 = vault }
        arrival.yield(vault)
        return vault
    }

    /// Argon2 and the disk take long: on a thread that nobody waits for.
    private func offThreadPool<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }

    private static func code(of error: any Error) -> String {
        switch error {
        case let error as KeyError: error.code.rawValue
        case let error as OpeningError: error.code.rawValue
        default: "not_opened"
        }
    }
}
