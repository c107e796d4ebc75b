import Cryptography
import KeyManagement
import Storage
import Synchronization

extension RecordVault {
    /// How the running rotation stands, or how the last one ended.
    public var rotationProgress: RotationProgress { rotation.progress }

    /// Whether a rotation is in its middle state, or final but for its certificates.
    public var isRotationPending: Bool { pendingRotation != nil }

    private var pendingRotation: RotationKind? { keyring.rotation ?? ledger.rotations.begun?.kind }

    /// Begins a rotation, or goes on with the one that is in its middle state, in the background.
    ///
    /// - Returns: `false` when one is running already.
    /// - Throws: ``VaultError/Code/conflict`` when the clock is doubted.
    @discardableResult
    public func startRotation(
        _ proof: Authorized<RotateKeys>, _ request: RotationRequest
    ) async throws(VaultError) -> Bool {
        if request.kind == .deep, pendingRotation != .deep { try await checkKeyHistoryHasRoom() }
        guard request.isScheduled else {
            try await confirmClock(proof, reason: "rotation-by-hand")
            return start(proof, request)
        }
        guard let permit = try await permit(DestructionRun(what: .rotation, count: 1)) else {
            throw VaultError(
                .conflict,
                detail:
                    "the clock led the log's last entry by more than 48 hours: if it is right, "
                    + "confirm it or rotate by hand")
        }
        return start(proof, request, within: permit)
    }

    private func start(
        _ proof: Authorized<RotateKeys>, _ request: RotationRequest,
        within permit: consuming PermittedDestruction
    ) -> Bool {
        permit.take(1) && start(proof, request)
    }

    private func start(
        _ proof: Authorized<RotateKeys>, _ request: RotationRequest
    ) -> Bool {
        rotation.start {
            await self.rotate(request, by: proof.caller, requestID: proof.requestID)
        }
    }

    /// Goes on with a rotation that a kill or an unreachable place left in its middle state, in the
    /// background; does nothing where there is none.
    public func resumeRotation() {
        guard isRotationPending else { return }
        rotation.start {
            await self.rotate(
                RotationRequest(kind: nil), by: .current, requestID: "resume")
        }
    }

    /// Rotates, and returns when that is final or can't go on.
    func rotate(
        _ request: RotationRequest = RotationRequest(), by caller: Caller, requestID: String
    ) async {
        rotation.begin(atMilliseconds: clock.nowMilliseconds)
        let outcome: RotationProgress.Outcome
        do throws(RotationStop) {
            guard configuration.keyChanges.begin() else {
                throw .failed(VaultError(.conflict, detail: "the root key is being changed"))
            }
            defer { configuration.keyChanges.end() }
            let pending = pendingRotation
            if pending != nil { try await continueRotation(request.pace) }
            // What was pending settles less, or makes less anew, than what is asked for now.
            if let kind = request.kind, pending == nil || (kind == .deep && pending != .deep) {
                if kind == .deep { try await requireRoomInKeyHistory() }
                try await beginRotation(kind, by: caller, requestID: requestID)
                try await continueRotation(request.pace)
            }
            outcome = .final
        } catch {
            switch error {
            case .waiting(let places): outcome = .waiting(for: places)
            case .failed(let error):
                outcome = .stopped(code: error.code.rawValue, detail: error.detail)
            case .cancelled: outcome = .stopped(code: "cancelled", detail: nil)
            }
        }
        rotation.end(outcome)
    }

    private func requireRoomInKeyHistory() async throws(RotationStop) {
        do throws(VaultError) {
            try await checkKeyHistoryHasRoom()
        } catch {
            throw .failed(error)
        }
    }

    /// Every step looks at what is on disk and does what is left of it, so that it can be begun again after
    /// a kill at any point.
    private func continueRotation(_ pace: RotationPace) async throws(RotationStop) {
        switch keyring.rotation {
        case .epoch:
            try await adoptMiddleKeyring()
            try await rekeySegments()
            try await renewVaultBox()
            try await rebuildIndex()
            try await rewrapSegments()
            try await writeKeysPart()
        case .deep:
            try await adoptMiddleKeyring()
            try await publishNewKeys()
            try await resealRecords(pace: pace)
            try await renewVaultBox()
            try await renewTombstones()
            try await rewriteLedger()
            try await renewRootKey()
            try await writeKeysPart()
        case nil: break
        }
        try await writeFinalKeyring()
        if ledger.rotations.begun?.kind == .deep { try await stateEndOfOldKeys() }
        try await certifyFinality()
        try await clearOldIndex()
    }

    /// A new keys part on every destination of backups, opened again: until all have it, the parts that
    /// they have need the old KEK. One that was written isn't written again for as long as others are out of
    /// reach: a part that one of them alone has would make those of the others older ones.
    private func writeKeysPart() async throws(RotationStop) {
        try enter(.writeKeysPart)
        let epoch = keyring.kek.epoch
        if let missing = rotation.destinationsWithoutPart(ofEpoch: epoch) {
            guard !missing.isEmpty else { return }
            let unreachable = configuration.backupDestinations.filter { destination in
                missing.contains(destination.name) && (try? destination.check()) == nil
            }
            guard unreachable.isEmpty else { throw .waiting(unreachable.map(\.name)) }
        }
        let failures: [BackupFailure]
        do throws(BackupFailure) {
            failures = try await writeParts(
                keyring.rotation == .deep ? [.records, .keys] : [.keys])
        } catch {
            switch error.code {
            case .interrupted: throw .cancelled
            case .directoryUnusable, .notWritten, .unreadable: throw .waiting([error.place])
            default: throw .failed(VaultError(.damaged, detail: error.description))
            }
        }
        let missing = configuration.backupDestinations.map(\.name).filter { name in
            failures.contains { $0.place.hasPrefix(name) }
        }
        if missing.isEmpty == failures.isEmpty {
            rotation.noteParts(ofEpoch: epoch, missingFrom: missing)
        }
        guard failures.isEmpty else { throw .waiting(failures.map(\.place)) }
    }

    /// - Parameters:
    ///   - done: How much of it is done already.
    ///   - total: How much there is to do, where that is known.
    func enter(_ step: RotationStep, done: Int = 0, total: Int = 0) throws(RotationStop) {
        rotation.note(step, done: done, total: total)
        try checkpoint(step)
    }

    /// Where a rotation may stop: between two things that it does to the disk.
    func checkpoint(_ step: RotationStep) throws(RotationStop) {
        guard !Task.isCancelled else { throw .cancelled }
        do {
            try configuration.rotationProbe(step)
        } catch {
            throw .cancelled
        }
    }

    /// Commits what a rotation does.
    @discardableResult
    func commitRotation(_ commit: Commit) async throws(RotationStop) -> CommitResult {
        var commit = commit
        commit.usesReserve = true
        let result = await commits.commit([commit])[0]
        if case .failed(let error) = result { throw .failed(VaultError(error)) }
        return result
    }

    func reading<Value>(
        _ read: () async throws(StoreError) -> Value
    ) async throws(RotationStop) -> Value {
        do throws(StoreError) {
            return try await read()
        } catch {
            throw .failed(VaultError(error))
        }
    }

    func keys<Value>(_ work: () throws(KeyError) -> Value) throws(RotationStop) -> Value {
        do throws(KeyError) {
            return try work()
        } catch {
            throw .failed(VaultError(.notReady, detail: error.description))
        }
    }

    func rotationEntry(
        _ reason: String, by caller: Caller = .current, requestID: String = "rotation"
    ) -> AuditRecord {
        var entry = AuditRecord(
            caller: caller, requestID: requestID, purpose: nil,
            operation: OperationKind.rotateKeys.rawValue)
        entry.reason = reason
        entry.generation = keyring.kek.epoch
        return entry
    }
}

/// The one rotation that may run.
final class RotationRunner: Sendable {
    private struct State {
        var progress = RotationProgress()
        var task: Task<Void, Never>?
        /// Where the parts of a rotation to an epoch are still to be written, once they were.
        var parts: (epoch: UInt64, missing: [String])?
        /// The epoch of which the log says that all is resealed.
        var resealedEpoch: UInt64?
    }

    /// Half of the way down: requests come first, where both want a core.
    private static let niceness: Int32 = 10

    private let state = Mutex(State())

    var progress: RotationProgress { state.withLock { $0.progress } }

    @discardableResult
    func start(_ work: @escaping @Sendable () async -> Void) -> Bool {
        state.withLock { state in
            guard state.task == nil else { return false }
            state.progress = RotationProgress()
            let thread = TaskThread(niceness: Self.niceness)
            state.task = Task(executorPreference: thread) {
                await work()
                self.state.withLock { $0.task = nil }
                thread.stop()
            }
            return true
        }
    }

    /// Waits until none runs.
    func wait() async {
        await state.withLock { $0.task }?.value
    }

    /// Ends the running one between two things that it does, and waits for that.
    func cancel() async {
        let task = state.withLock { $0.task }
        task?.cancel()
        await task?.value
    }

    func begin(atMilliseconds now: Int64) {
        state.withLock {
            $0.progress = RotationProgress()
            $0.progress.startedAtMilliseconds = now
        }
    }

    func note(_ step: RotationStep, done: Int, total: Int) {
        state.withLock {
            $0.progress.begin(
                step, done: done, total: total, atNanoseconds: ThreadSignal.nowNanoseconds)
        }
    }

    func noteTotal(_ total: Int) { state.withLock { $0.progress.total = total } }

    func destinationsWithoutPart(ofEpoch epoch: UInt64) -> [String]? {
        state.withLock { $0.parts?.epoch == epoch ? $0.parts?.missing : nil }
    }

    func noteParts(ofEpoch epoch: UInt64, missingFrom places: [String]) {
        state.withLock { $0.parts = (epoch, places) }
    }

    /// - Returns: Whether it is new.
    func noteResealed(epoch: UInt64) -> Bool {
        state.withLock { state in
            defer { state.resealedEpoch = epoch }
            return state.resealedEpoch != epoch
        }
    }

    func noteDone(_ done: Int) { state.withLock { $0.progress.done = done } }

    func end(_ outcome: RotationProgress.Outcome) {
        state.withLock {
            $0.progress.end(outcome, atNanoseconds: ThreadSignal.nowNanoseconds)
        }
    }
}
