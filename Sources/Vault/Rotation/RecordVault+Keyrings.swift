import Cryptography
import KeyManagement
import Storage

extension RecordVault {
    /// The first step: the cutoff is taken between two commits, before the new KEK is generated, so that no
    /// erasure that it covers can be on its way under the new one.
    func beginRotation(
        _ kind: RotationKind, by caller: Caller, requestID: String
    ) async throws(RotationStop) {
        // A deep rotation writes to the new index from its first moment on: nothing may be left in it.
        if kind == .deep { try await clearOldIndex() }
        try enter(.writeMiddleKeyring)
        guard let storage = configuration.keyStorage else {
            throw .failed(VaultError(.notReady, detail: "no place for keyrings"))
        }
        let cutoff = Captured<UInt64>()
        let entry = rotationEntry("begin", by: caller, requestID: requestID)
        try await commitRotation(
            Commit(
                mutation: Mutation(audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]),
                hasOwnGroup: true, effect: { [ledger] in cutoff.set(ledger.lastNumber) }))
        let segments = try await reading { () throws(StoreError) in try await store.segments() }
        let old = keyring
        let middle: Keyring
        do throws(CryptographyError) {
            switch kind {
            case .epoch:
                middle = try old.beginningRotation(
                    cutoff: cutoff.value ?? 0, renewsIndex: segments.contains(where: \.isDirty),
                    nowSeconds: clock.nowSeconds)
            case .deep:
                middle = try old.beginningDeepRotation(
                    cutoff: cutoff.value ?? 0, nowSeconds: clock.nowSeconds)
            }
        } catch {
            throw .failed(VaultError(.notReady, detail: error.description))
        }
        try checkpoint(.writeMiddleKeyring)
        let unreachable = try keys { () throws(KeyError) in try storage.writeEverywhere(middle) }
        guard unreachable.isEmpty else { throw .waiting(unreachable) }
        try checkpoint(.writeMiddleKeyring)
        try await adopt(middle)
    }

    /// After a kill the keyring may be in its middle state and the ledger not know it yet.
    func adoptMiddleKeyring() async throws(RotationStop) {
        let middle = keyring
        guard ledger.rotations.begun?.epoch != middle.kek.epoch else { return }
        try await adopt(middle)
    }

    private func adopt(_ middle: Keyring) async throws(RotationStop) {
        guard let kind = middle.rotation else { return }
        var entry = rotationEntry("middle")
        entry.generation = middle.kek.epoch
        let commit = Commit(
            mutation: Mutation(
                audit: [entry.leaf(milliseconds: clock.nowMilliseconds)], needsLedger: true),
            ledgerEvent: .rotationBegun(
                epoch: middle.kek.epoch, generation: middle.generation,
                cutoff: min(middle.cutoff, ledger.lastNumber), kind: kind),
            hasOwnGroup: true,
            effect: { [self] in takeInForce(middle) })
        try await commitRotation(commit)
    }

    /// The last step: from here on no older KEK is anywhere.
    func writeFinalKeyring() async throws(RotationStop) {
        try enter(.writeFinalKeyring)
        guard let storage = configuration.keyStorage, isRotationPending else { return }
        let middle = keyring
        // A kill between two files may have left one of them with the old KEK: all are written again.
        let final =
            middle.rotation == nil ? middle : middle.endingRotation(nowSeconds: clock.nowSeconds)
        if middle.rotation != nil {
            // What the check sees must stand when the old KEK is gone.
            try await reading { () throws(StoreError) in try await store.sync() }
            try await checkNothingIsLeft(under: middle)
        }
        try checkpoint(.writeFinalKeyring)
        let unreachable = try keys { () throws(KeyError) in try storage.writeEverywhere(final) }
        guard unreachable.isEmpty else { throw .waiting(unreachable) }
        try checkpoint(.writeFinalKeyring)
        guard middle.rotation != nil else { return }
        let entry = rotationEntry("final")
        try await commitRotation(
            Commit(
                mutation: Mutation(audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]),
                hasOwnGroup: true, effect: { [self] in takeInForce(final) }))
    }

    /// For whoever commits, between two groups.
    private func takeInForce(_ keyring: Keyring) {
        keys.adopt(keyring)
        commits.adopt(keysVersion: keys.current.number)
    }

    /// Destroying a KEK under which anything lives would lose it.
    private func checkNothingIsLeft(under middle: Keyring) async throws(RotationStop) {
        let epoch = middle.kek.epoch
        let segments = try await reading { () throws(StoreError) in try await store.segments() }
        let box = try await reading { () throws(StoreError) in
            try await store.state(VaultBox.stateName)
        }
        // In a deep rotation the records' segments tell whether they stand in the new index.
        var isIndexReady = middle.nextIndexKey == nil || middle.rotation == .deep
        if !isIndexReady { isIndexReady = try await isIndexBuilt(for: middle) }
        if middle.rotation == .deep {
            guard middle.isRootKeyNew, try await isLedgerUnderNewestKey(of: middle) else {
                throw somethingIsLeft
            }
        }
        guard isIndexReady,
            segments.allSatisfy({ $0.epoch == epoch }),
            box.flatMap({ VaultBox.epoch(of: $0) }) == epoch
        else { throw somethingIsLeft }
    }

    /// Both the ledger and its count in the database.
    func isLedgerUnderNewestKey(of middle: Keyring) async throws(RotationStop) -> Bool {
        guard ledger.isUnderNewestKey(of: middle) else { return false }
        let count = try await reading { () throws(StoreError) in
            try await store.state(LedgerState.name)
        }
        return try keys { () throws(KeyError) in
            guard let count else { return false }
            return try LedgerCount.isUnderNewestKey(
                count.sealed, of: count.version, keyring: middle)
        }
    }

    private var somethingIsLeft: RotationStop {
        .failed(VaultError(.damaged, detail: "something is under the old keys still"))
    }
}

/// A value that an effect takes out of a commit.
final class Captured<Value: Sendable>: @unchecked Sendable {
    // Unchecked: written by the commit's effect, read once the commit has been answered.
    private(set) var value: Value?

    func set(_ value: Value) { self.value = value }
}
