import KeyManagement
import Storage

/// Which index generation is complete: written in the transaction that makes it so.
enum IndexState {
    static let name = "index"

    static func seal(
        generation: UInt32, version: UInt64, vaultBox: VaultBox
    ) throws(KeyError) -> StoredState {
        try vaultBox.seal(
            withUnsafeBytes(of: generation.littleEndian, Array.init), name: name,
            label: .configuration, version: version)
    }

    static func open(_ stored: StoredState, vaultBox: VaultBox) throws(KeyError) -> UInt32 {
        let document = try vaultBox.open(stored, label: .configuration)
        guard document.count == 4 else { throw KeyError(.stateDamaged, at: name) }
        return document.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
    }
}
