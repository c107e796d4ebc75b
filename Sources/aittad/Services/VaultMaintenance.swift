import Logging
import ServiceLifecycle
import Vault

/// Lets the vault do what is due, once a second, until the daemon stops.
struct VaultMaintenance: Service {
    let vault: RecordVault
    let logger: Logger

    func run() async throws {
        var failure: String?
        // Sleeps end early with a graceful shutdown.
        for await _ in ticks().cancelOnGracefulShutdown() {
            await vault.maintain()
            let now = vault.witnessFailure
            if let now, now != failure {
                logger.error("the log's witness took no checkpoint", metadata: ["code": "\(now)"])
            }
            failure = now
        }
    }

    private func ticks() -> AsyncStream<Void> {
        AsyncStream { try? await Task.sleep(for: .seconds(1)) }
    }
}
