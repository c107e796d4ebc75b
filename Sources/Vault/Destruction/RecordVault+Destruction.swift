import Catalogue
import KeyManagement
import Storage
import StrictJSON
import Synchronization

extension RecordVault {
    /// Permits what time alone would destroy; `nil`: it waits for a person, and the status says for what.
    func permit(_ run: DestructionRun) async throws(VaultError) -> PermittedDestruction? {
        let last = try await stored { () throws(StoreError) in
            try await Self.lastEntryMilliseconds(in: store, size: log.size)
        }
        let permit = destruction.permit(run, at: clock.nowMilliseconds, lastEntry: last)
        try await storeClockDoubt()
        return permit
    }

    /// Says that the clock is right, so that what is due by time goes on; logged.
    ///
    /// - Parameter reason: A code.
    /// - Returns: `false`: nobody doubted it.
    @discardableResult
    public func confirmClock(
        _ proof: Authorized<RotateKeys>, reason: String
    ) async throws(VaultError) -> Bool {
        guard ReasonCode.isValid(reason) else {
            throw VaultError(.invalidValue, pointer: "/reason", .format)
        }
        guard destruction.doubtedSince != nil else { return false }
        var entry = AuditRecord(
            caller: proof.caller, requestID: proof.requestID, purpose: nil,
            operation: "confirm-clock")
        entry.reason = reason
        try await putClockDoubt(since: nil, entry, proof) { self.destruction.confirmClock() }
        nextExpiryMilliseconds.store(0, ordering: .relaxed)
        nextReleaseMilliseconds.store(0, ordering: .relaxed)
        return true
    }

    /// Keeps a doubt that is new, and logs it.
    func storeClockDoubt() async throws(VaultError) {
        guard let since = destruction.unstoredDoubt else { return }
        let entry = AuditRecord(
            caller: .current, requestID: "maintenance", purpose: nil, operation: "doubt-clock")
        try await putClockDoubt(since: since, entry, nil) {
            self.destruction.noteStored(since)
        }
    }

    /// What of the destruction by time runs, and what waits: for the status.
    var destructionStatus: JSONValue {
        let since = destruction.doubtedSince
        return .object([
            JSONMember("clock", .string(since == nil ? "believed" : "doubted")),
            JSONMember(
                "doubtedSince",
                since.map { .string(Timestamp.text(seconds: $0 / 1000)) } ?? .null),
            JSONMember("waiting", .array(destruction.paused.map { $0.why.json(of: $0.what) })),
        ])
    }

    /// When the last entry of the log was made, in Unix milliseconds; `nil` where that can't be told.
    static func lastEntryMilliseconds(
        in store: any VaultStore, size: UInt64
    ) async throws(StoreError) -> Int64? {
        guard size > 0 else { return nil }
        let entry = try await store.auditEntries(after: size - 1, limit: 1).first
        guard let entry, entry.leaf.isWhole else { return nil }
        return LoggedEntry(entry.leaf.entry)?.milliseconds
    }

    private func putClockDoubt(
        since: Int64?, _ entry: AuditRecord, _ proof: Authorized<RotateKeys>?,
        effect: @escaping @Sendable () -> Void
    ) async throws(VaultError) {
        var proof = proof
        for _ in 0..<Self.maximumAttempts {
            let current = keys.current
            let known = try await stored { () throws(StoreError) in
                try await store.state(ClockDoubt.name)
            }
            let state: StoredState
            do throws(KeyError) {
                state = try ClockDoubt.seal(
                    since: since, version: (known?.version ?? 0) + 1, vaultBox: current.vaultBox)
            } catch {
                throw VaultError(.notReady, detail: error.description)
            }
            var commit = Commit(
                mutation: Mutation(
                    expectations: [.stateVersion(name: ClockDoubt.name, known?.version ?? 0)],
                    writes: [.putState(state)],
                    audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]),
                policyVersion: proof?.policyVersion, keys: KeyUse(version: current.number))
            commit.usesReserve = true
            commit.effect = effect
            switch await commits.commit([commit])[0] {
            case .committed: return
            case .policyChanged:
                if let refused = proof { proof = try await reauthorize(refused) }
            case .failed(let error): throw VaultError(error)
            case .rejected, .recordChanged, .keysChanged: continue
            }
        }
        throw VaultError(.conflict)
    }
}

extension DestructionPause {
    fileprivate func json(of what: TimedDestruction) -> JSONValue {
        func object(_ reason: String, _ numbers: [(String, Int)] = []) -> JSONValue {
            .object(
                [
                    JSONMember("what", .string(what.rawValue)),
                    JSONMember("reason", .string(reason)),
                ] + numbers.map { JSONMember($0, .number(String($1))) })
        }
        return switch self {
        case .clock: object("clock")
        case .preview(let count, let limit):
            object("preview", [("count", count), ("limit", limit)])
        case .cap(let count, let limit): object("cap", [("count", count), ("limit", limit)])
        }
    }
}
