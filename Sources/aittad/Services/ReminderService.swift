import Logging
import ServiceLifecycle
import Vault

/// Runs the reminder of protections that end soon, until the daemon stops.
struct ReminderService: Service {
    private static let pollInterval = Duration.seconds(60)

    let vault: RecordVault
    let logger: Logger

    func run() async throws {
        let logger = logger
        let reminder = ProtectionReminder(vault: vault) { count in
            guard count > 0 else { return }
            logger.warning(
                "protections end within \(ProtectionReminder.horizonDays) days",
                metadata: ["count": "\(count)"])
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(VaultError) {
                    try await reminder.runIfDue()
                } catch {
                    logger.error(
                        "protections can't be counted", metadata: ["code": "\(error.code.rawValue)"]
                    )
                }
                try? await Task.sleep(for: Self.pollInterval)
            }
        }
    }
}
