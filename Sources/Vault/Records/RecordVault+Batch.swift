import Catalogue
public import Storage
public import StrictJSON

/// One operation of a batch.
public enum BatchOperation: Sendable {
    /// As ``RecordVault/create(_:_:idempotencyKey:digest:)``; a dry run only validates.
    case create(JSONValue, isDryRun: Bool)
    /// As ``RecordVault/update(_:_:_:ifMatch:)``; a dry run only validates.
    case update(RecordID, JSONValue, ifMatch: UInt64?, isDryRun: Bool)
    /// An operation that could not be read.
    case malformed(VaultError)
}

/// What became of one operation of a batch.
public enum BatchOutcome: Sendable {
    case created(WrittenRecord)
    case updated(WrittenRecord)
    /// A dry run found nothing wrong.
    case valid
}

extension RecordVault {
    /// Carries out operations in their order, each atomic alone; their commits share groups.
    ///
    /// With an idempotency key, the ids of the records to be created are on disk before the first of
    /// them, so that a repeat finds those that were created and creates the others under the same ids.
    public func write(
        _ operations: [BatchOperation], request: AccessRequest, idempotencyKey: String?,
        body: [UInt8]
    ) async throws(VaultError) -> [Result<BatchOutcome, VaultError>] {
        var writer = BatchWriter(vault: self, request: request, count: operations.count)
        let ids = try await preparing { () throws(VaultError) in
            try await batchIDs(
                operations, by: &writer, request: request, idempotencyKey: idempotencyKey,
                body: body)
        }
        for (place, operation) in operations.enumerated() {
            switch operation {
            case .create(let body, isDryRun: false):
                await writer.create(body, id: ids[place], at: place)
            case .create(let body, isDryRun: true):
                await writer.check(body, at: place)
            case .update(let id, let body, let ifMatch, let isDryRun):
                await writer.update(id, body, ifMatch: ifMatch, isDryRun: isDryRun, at: place)
            case .malformed(let error):
                writer.results[place] = .failure(error)
            }
        }
        try await writer.finish()
        return writer.results
    }

    /// An id for each operation that creates; those of an earlier request with the same key.
    private func batchIDs(
        _ operations: [BatchOperation], by writer: inout BatchWriter, request: AccessRequest,
        idempotencyKey: String?, body: [UInt8]
    ) async throws(VaultError) -> [RecordID?] {
        var ids: [RecordID?] = []
        for operation in operations {
            if case .create(_, isDryRun: false) = operation {
                ids.append(try nextID())
            } else {
                ids.append(nil)
            }
        }
        guard let idempotencyKey, ids.contains(where: { $0 != nil }) else { return ids }
        // Nothing is kept for whoever may create nothing.
        guard await writer.mayCreate() else { return ids }
        let use = keyUse
        let replay = try Replay(
            request.caller, route: "batch", key: idempotencyKey, body: body, vault: self)
        if let earlier = try await earlierIDs(replay), earlier.count == ids.count {
            return earlier
        }
        let row = try replay.row(for: ids, vault: self)
        let commit = Commit(
            mutation: Mutation(
                expectations: [.unusedReplay(key: row.key, nowSeconds: clock.nowSeconds)],
                writes: [
                    .dropReplays(expiredBeforeSeconds: clock.nowSeconds), .putReplay(row),
                ]), keys: use)
        switch await commits.commit([commit])[0] {
        case .committed: return ids
        case .failed(let error): throw VaultError(error)
        case .keysChanged: throw .keysChanged
        default:
            guard let earlier = try await earlierIDs(replay), earlier.count == ids.count else {
                throw VaultError(.conflict)
            }
            return earlier
        }
    }
}
