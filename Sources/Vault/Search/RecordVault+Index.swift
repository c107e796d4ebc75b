import KeyManagement
import Storage

extension RecordVault {
    /// The search key under which a contact's company stands in the index.
    static let companySearchKey = "company"

    /// A value as it is looked for.
    func sought(key: String, normalised: [UInt8]) throws(VaultError) -> SoughtValue {
        do throws(KeyError) {
            return try SoughtValue(key: key, normalised: normalised, keyring: keyring)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    /// Whether a live record has a value.
    func holds(_ id: RecordID, _ value: SoughtValue) async throws(VaultError) -> Bool {
        do throws(VaultError) {
            let record = try await open(live(id))
            return value.isHeld(by: record.box)
        } catch {
            guard error.code == .unknownRecord || error.code == .erased else { throw error }
            return false
        }
    }

    /// The first live record with a value.
    func holder(
        of value: SoughtValue, except id: RecordID?
    ) async throws(VaultError) -> RecordID? {
        for stored in try await records(with: value, limit: 8) where stored.id != id {
            let record = try await open(stored)
            if value.isHeld(by: record.box) { return stored.id }
        }
        return nil
    }

    /// The records that stand under a value, each once; of one that stands there by a collision of tags, only
    /// its box can tell.
    func records(
        with value: SoughtValue, limit: Int
    ) async throws(VaultError) -> [StoredRecord] {
        var found: [StoredRecord] = []
        for place in value.places {
            let records = try await stored { () throws(StoreError) in
                try await store.records(in: place.chain, limit: limit)
            }
            found +=
                found.isEmpty
                ? records
                : records.filter { record in !found.contains { $0.id == record.id } }
        }
        return found
    }
}

extension RecordIndex {
    func value(
        key: String, normalised: [UInt8]
    ) throws(VaultError) -> KeyManagement.IndexValue {
        do throws(KeyError) {
            return try secret.value(key: key, normalised: normalised)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }
}
