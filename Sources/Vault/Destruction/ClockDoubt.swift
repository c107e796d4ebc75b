import KeyManagement
import Storage

/// Since when the clock is doubted, as the store keeps it: a restart confirms nothing.
enum ClockDoubt {
    static let name = "clock"

    /// - Parameter since: In Unix milliseconds; `nil`: it is believed.
    static func seal(
        since: Int64?, version: UInt64, vaultBox: VaultBox
    ) throws(KeyError) -> StoredState {
        try vaultBox.seal(
            withUnsafeBytes(of: (since ?? 0).littleEndian, Array.init), name: name,
            label: .configuration, version: version)
    }

    static func load(from store: any VaultStore, vaultBox: VaultBox) async throws -> Int64? {
        guard let stored = try await store.state(name) else { return nil }
        let document = try vaultBox.open(stored, label: .configuration)
        guard document.count == 8 else { throw KeyError(.stateDamaged, at: name) }
        let since = document.withUnsafeBytes {
            Int64(littleEndian: $0.loadUnaligned(as: Int64.self))
        }
        return since == 0 ? nil : since
    }
}
