import Catalogue
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
        try live(await stored { () throws(StoreError) in try await store.record(id) })
    }

    func live(_ lookup: RecordLookup) throws(VaultError) -> StoredRecord {
        switch lookup {
        case .live(let stored): return stored
        case .erased: throw VaultError(.erased)
        case .unknown: throw VaultError(.unknownRecord)
        }
    }

    /// Refuses a purpose that this kind of record is closed to: one that needs a consent, as long as
    /// no consent can be given.
    func checkPurpose(_ purpose: Purpose?, opens kind: RecordKind) throws(VaultError) {
        guard let purpose else { return }
        guard !purpose.requiresConsent(of: kind) else {
            throw VaultError(.notGranted, detail: "no consent stands for this purpose")
        }
    }
}
