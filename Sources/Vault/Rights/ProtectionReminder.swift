import Synchronization

/// Counts, when the vault starts and once a day, the protections that end soon.
///
/// The count is in the status of the vault. Who they are `GET /v1/protections` tells, to whoever may
/// know.
public actor ProtectionReminder {
    /// How far ahead it looks.
    public static let horizonDays = 30
    private static let daySeconds: Int64 = 86_400

    private let vault: RecordVault
    private let onCount: @Sendable (Int) -> Void
    private var countedAtSeconds: Int64?

    /// Makes a reminder.
    ///
    /// - Parameter onCount: Called with each count.
    public init(vault: RecordVault, onCount: @escaping @Sendable (Int) -> Void) {
        self.vault = vault
        self.onCount = onCount
    }

    /// Counts if none was counted in the last 24 hours by the vault's clock.
    public func runIfDue() async throws(VaultError) {
        let now = vault.clock.nowSeconds
        if let countedAtSeconds, now - countedAtSeconds < Self.daySeconds { return }
        countedAtSeconds = now
        let count: Int
        do throws(VaultError) {
            count = try await vault.countProtections(
                endingWithinSeconds: Int64(Self.horizonDays) * Self.daySeconds)
        } catch {
            countedAtSeconds = nil
            throw error
        }
        guard !Task.isCancelled else { return }
        vault.endingProtections.withLock { $0 = count }
        onCount(count)
    }
}
