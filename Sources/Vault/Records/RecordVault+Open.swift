import KeyManagement
import Storage

extension RecordVault {
    /// Opens the key box of a stored record.
    func open(_ stored: StoredRecord) async throws(VaultError) -> OpenRecord {
        try OpenRecord(
            stored, key: await segmentKey(stored.segment), vault: keyring.vault)
    }

    /// The live record of an id, or the error that says why there is none.
    func live(_ id: RecordID) async throws(VaultError) -> StoredRecord {
        try live(
            await stored { () throws(StoreError) in try await store.record(id) }, of: id)
    }

    /// The live record of a lookup of an id.
    func live(
        _ lookup: RecordLookup, of lookedUp: RecordID
    ) throws(VaultError) -> StoredRecord {
        switch lookup {
        case .live(let stored): return stored
        case .erased(let tombstone): throw erased(lookedUp, tombstone)
        case .unknown: throw VaultError(.unknownRecord)
        }
    }

    /// That the record was erased, or that somebody else wrote its tombstone.
    private func erased(_ id: RecordID, _ tombstone: [UInt8]) -> VaultError {
        let milliseconds = try? keyring.controlKey.erasedAtMilliseconds(
            tombstone: tombstone, of: id, vault: keyring.vault)
        return milliseconds == nil
            ? VaultError(.damaged, detail: "tombstone of record \(id)") : VaultError(.erased)
    }
}
