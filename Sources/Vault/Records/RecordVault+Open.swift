import KeyManagement
import Storage

extension RecordVault {
    /// Opens the key box of a stored record.
    ///
    /// A rotation may have given its segment a new key since the row, or the key, was read.
    func open(_ stored: StoredRecord) async throws(VaultError) -> OpenRecord {
        let key = try await segmentKey(stored.segment)
        do throws(VaultError) {
            return try OpenRecord(stored, key: key, vault: keyring.vault)
        } catch {
            guard error.code == .damaged else { throw error }
            return try await openResealed(stored, triedKey: key, error)
        }
    }

    private func openResealed(
        _ stored: StoredRecord, triedKey: SegmentKey, _ error: VaultError
    ) async throws(VaultError) -> OpenRecord {
        if let key = segmentKeys.previousKey(of: stored.segment),
            let record = try? OpenRecord(stored, key: key, vault: keyring.vault)
        {
            return record
        }
        guard let key = try? await segmentKeys.reload(stored.segment) else { throw error }
        if key.generation != triedKey.generation,
            let record = try? OpenRecord(stored, key: key, vault: keyring.vault)
        {
            return record
        }
        let now = try await live(stored.id)
        guard now.box != stored.box else { throw error }
        return try OpenRecord(now, key: await segmentKey(now.segment), vault: keyring.vault)
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
        let milliseconds = try? keyring.erasedAtMilliseconds(tombstone: tombstone, of: id)
        return milliseconds == nil
            ? VaultError(.damaged, detail: "tombstone of record \(id)") : VaultError(.erased)
    }
}
