public import Storage
import Synchronization

extension FaultyStore {
    /// See ``VaultStore/commit(_:durability:beforeCommit:)``.
    public func commit(
        _ group: [Mutation], durability: Durability,
        beforeCommit: @Sendable ([Int]) throws(StoreError) -> Void
    ) async throws(StoreError) -> [MutationOutcome] {
        try checkService()
        state.withLock { $0.groupSizes.append(group.count) }
        await stop { point in
            guard case .beforeCommit(let matches) = point else { return false }
            return group.contains(where: matches)
        }
        let outcomes = try await attempt(group, durability: durability, beforeCommit: beforeCommit)
        await stop { point in
            guard case .afterCommit(let matches) = point else { return false }
            return group.contains(where: matches)
        }
        return outcomes
    }

    private func attempt(
        _ group: [Mutation], durability: Durability,
        beforeCommit: @Sendable ([Int]) throws(StoreError) -> Void
    ) async throws(StoreError) -> [MutationOutcome] {
        guard let planned = takeFault(for: group) else {
            return try await inner.commit(
                group, durability: durability, beforeCommit: beforeCommit)
        }
        switch planned.fault {
        case .refused(let error): throw error
        case .failedAfterLedger(let error):
            return try await inner.commit(group, durability: durability) {
                (places: [Int]) throws(StoreError) in
                try beforeCommit(places)
                throw error
            }
        case .unknownAndLost:
            guard group.contains(where: \.needsLedger) else { throw fail() }
            _ = try? await inner.commit(group, durability: durability) {
                (places: [Int]) throws(StoreError) in
                try beforeCommit(places)
                throw .diskFull
            }
            throw fail()
        case .unknownButWritten:
            _ = try await inner.commit(group, durability: durability, beforeCommit: beforeCommit)
            throw fail()
        case .failedMutations(let error):
            return try await commit(
                group, without: planned.matches, error, durability: durability,
                beforeCommit: beforeCommit)
        }
    }

    /// Commits those that don't match; the others fail.
    private func commit(
        _ group: [Mutation], without matches: (Mutation) -> Bool, _ error: StoreError,
        durability: Durability, beforeCommit: @Sendable ([Int]) throws(StoreError) -> Void
    ) async throws(StoreError) -> [MutationOutcome] {
        let places = group.indices.filter { !matches(group[$0]) }
        let outcomes = try await inner.commit(places.map { group[$0] }, durability: durability) {
            (accepted: [Int]) throws(StoreError) in
            try beforeCommit(accepted.map { places[$0] })
        }
        var all = group.map { _ in MutationOutcome.failed(error) }
        for (place, outcome) in zip(places, outcomes) { all[place] = outcome }
        return all
    }

    private func takeFault(for group: [Mutation]) -> PlannedFault? {
        state.withLock { state in
            let place = state.faults.firstIndex { group.contains(where: $0.matches) }
            return place.map { state.faults.remove(at: $0) }
        }
    }

    private func fail() -> StoreError {
        state.withLock { $0.isFailed = true }
        return .outcomeUnknown
    }
}
