import Catalogue
public import Storage

extension RecordVault {
    /// Ids and states, no personal data.
    public func list(
        _ proof: Authorized<ListRecords>, after id: RecordID?, limit: Int
    ) async throws(VaultError) -> [ListedRecord] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            if let purpose = proof.purpose, purpose.requiresConsent(of: .person) {
                let error = VaultError(
                    .notGranted, detail: "whom this purpose may reach needs consents")
                try await self.recordFailure(error, of: AuditRecord(proof))
                throw error
            }
            let listed = try await self.stored { () throws(StoreError) in
                try await self.store.list(after: id, limit: limit)
            }
            var entry = AuditRecord(proof)
            entry.count = listed.count
            return (listed, [entry])
        }
    }
}
