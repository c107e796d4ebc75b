import KeyManagement
import Logging
import ServiceLifecycle
import Vault

/// Lets the vault do what is due, once a second, until the daemon stops.
struct VaultMaintenance: Service {
    let vault: RecordVault
    let logger: Logger

    func run() async throws {
        var failure: String?
        var replicas: [LedgerReplica] = []
        // Sleeps end early with a graceful shutdown.
        for await _ in ticks().cancelOnGracefulShutdown() {
            await vault.maintain()
            let now = vault.witnessFailure
            if let now, now != failure {
                logger.error("the log's witness took no checkpoint", metadata: ["code": "\(now)"])
            }
            failure = now
            log(vault.ledgerReplicas, before: replicas)
            replicas = vault.ledgerReplicas
        }
    }

    /// Says which replicas of the ledger went out of reach, and which came back.
    private func log(_ replicas: [LedgerReplica], before: [LedgerReplica]) {
        for replica in replicas {
            let old = before.first { $0.directory == replica.directory }?.standing ?? .current
            guard replica.standing != old else { continue }
            logger.log(
                level: replica.standing.logLevel, "a replica of the ledger changed its standing",
                metadata: [
                    "directory": "\(replica.directory)", "standing": "\(replica.standing.rawValue)",
                ])
        }
    }

    private func ticks() -> AsyncStream<Void> {
        AsyncStream { try? await Task.sleep(for: .seconds(1)) }
    }
}

extension LedgerReplica.Standing {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .current: .notice
        case .outOfReach: .warning
        case .damaged, .conflicting: .error
        }
    }
}
