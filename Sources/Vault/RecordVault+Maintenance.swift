import Synchronization

extension RecordVault {
    /// Does what is due by the vault's clock and that nobody asks for: checkpoints for the outside
    /// witness; summaries of refusals; each minute, what replicas of ledger and keyring lack; once a day, and
    /// after a start, the expiry of audit entries and the erasure of what holds no longer keep. To be called
    /// every second or so, by one caller.
    public func maintain() async {
        let now = clock.nowMilliseconds
        if witnessing.begin(at: now) { await witnessLog() }
        await logRefusals()
        try? await storeClockDoubt()
        if isRotationRetryDue(at: now) { resumeRotation() }
        if isReplicationDue(at: now) { beginReplication() }
        listPartsOnce()
        if isReleaseDue(at: now) { beginRelease() }
        if isExpiryDue(at: now) {
            // What a full disk or a damaged entry prevents is tried again tomorrow.
            _ = try? await expireAuditEntries()
        }
    }

    private static var rotationRetryMilliseconds: Int64 { 60_000 }

    /// A rotation that a kill cut short goes on at once, one that waits for a place each minute.
    private func isRotationRetryDue(at now: Int64) -> Bool {
        guard isRotationPending, rotationProgress.step == nil else { return false }
        return now - rotationProgress.startedAtMilliseconds >= Self.rotationRetryMilliseconds
    }

    private static var replicationIntervalMilliseconds: Int64 { 60_000 }

    private func isReplicationDue(at now: Int64) -> Bool {
        let next = nextReplicationMilliseconds.load(ordering: .relaxed)
        guard now >= next else { return false }
        nextReplicationMilliseconds.store(
            now + Self.replicationIntervalMilliseconds, ordering: .relaxed)
        return true
    }

    /// In the background: a replica may hang, and nothing else waits for it.
    private func beginReplication() {
        guard !isReplicating.exchange(true, ordering: .acquiring) else { return }
        Task {
            await catchUpLedgerReplicas()
            await catchUpKeyringReplicas()
            isReplicating.store(false, ordering: .releasing)
        }
    }

    private static var dayMilliseconds: Int64 { 86_400_000 }

    private func isReleaseDue(at now: Int64) -> Bool {
        guard now >= nextReleaseMilliseconds.load(ordering: .relaxed) else { return false }
        nextReleaseMilliseconds.store(now + Self.dayMilliseconds, ordering: .relaxed)
        return true
    }

    /// In the background: it looks at every record.
    private func beginRelease() {
        guard !isReleasing.exchange(true, ordering: .acquiring) else { return }
        Task {
            // What can't be destroyed now is tried again tomorrow.
            _ = try? await releaseHeldData()
            isReleasing.store(false, ordering: .releasing)
        }
    }

    private func isExpiryDue(at now: Int64) -> Bool {
        let next = nextExpiryMilliseconds.load(ordering: .relaxed)
        guard now >= next else { return false }
        nextExpiryMilliseconds.store(
            now + Self.dayMilliseconds, ordering: .relaxed)
        return true
    }
}
