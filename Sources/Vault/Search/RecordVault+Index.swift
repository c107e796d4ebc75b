import KeyManagement
import Storage

extension RecordVault {
    /// The search key under which a contact's company stands in the index.
    static let companySearchKey = "company"

    func companyValue(_ company: RecordID) throws(VaultError) -> KeyManagement.IndexValue {
        try indexValue(key: Self.companySearchKey, normalised: company.bytes)
    }

    func unique(
        _ field: String, _ value: KeyManagement.IndexValue
    ) -> PreparedRecord.Unique {
        PreparedRecord.Unique(
            field: field, value: value, chain: keyring.indexKey.chain(of: value))
    }

    /// Whether a live record has an index value: a tag alone may be another's by collision.
    func holds(
        _ id: RecordID, _ value: KeyManagement.IndexValue
    ) async throws(VaultError) -> Bool {
        do throws(VaultError) {
            let record = try await open(live(id))
            return record.box.contains(value)
        } catch {
            guard error.code == .unknownRecord || error.code == .erased else { throw error }
            return false
        }
    }

    /// The first live record with an index value.
    func holder(
        of value: KeyManagement.IndexValue, except id: RecordID?
    ) async throws(VaultError) -> RecordID? {
        let chain = keyring.indexKey.chain(of: value)
        let found = try await stored { () throws(StoreError) in
            try await store.records(in: chain, limit: 8)
        }
        for stored in found where stored.id != id {
            let record = try await open(stored)
            if record.box.contains(value) { return stored.id }
        }
        return nil
    }

    func indexValue(
        key: String, normalised: [UInt8]
    ) throws(VaultError) -> KeyManagement.IndexValue {
        do throws(KeyError) {
            return try keyring.indexSecret.value(key: key, normalised: normalised)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }
}
