import Logging
import ServiceLifecycle
import Vault

/// Does what an open vault needs done, once it is open, until the daemon stops.
struct VaultUpkeep: Service {
    let opening: VaultOpening
    let logger: Logger

    func run() async throws {
        for try await vault in opening.vault.cancelOnGracefulShutdown() {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await ReminderService(vault: vault, logger: logger).run() }
                tasks.addTask { try await VaultMaintenance(vault: vault, logger: logger).run() }
                try await tasks.waitForAll()
            }
        }
    }
}
