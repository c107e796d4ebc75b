public import Catalogue
public import KeyManagement
public import Storage
import StrictJSON

extension RecordVault {
    /// What has to be there before a vault can open: made once, by `aittad init`.
    ///
    /// - Parameter grants: Who holds what from the start; may join kinds of roles, and then says so.
    public static func create(
        in store: any VaultStore, keyring: Keyring, ledger: Ledger, grants: [Grant],
        catalogue: Catalogue, clock: any WallClock
    ) async throws {
        let (vaultBox, storedBox) = try VaultBox.make(keyring: keyring)
        let configuration = try ConfigurationState.seal(
            catalogue, version: 1, vaultBox: vaultBox)
        let outcomes = try await store.commit(
            [Mutation(writes: [.putState(storedBox), .putState(configuration)])],
            durability: .power
        ) { _ throws(StoreError) in }
        guard outcomes == [.committed] else { throw StoreError.notWritable }
        try await commit(
            .initial(grants: grants), to: store, vaultBox: vaultBox, ledger: ledger,
            operation: "init", clock: clock)
    }

    /// Adds a grant without a running daemon: for whoever holds the root key.
    public static func addGrantOffline(
        _ grant: Grant, to store: any VaultStore, keyring: Keyring, ledger: Ledger,
        entries: [LedgerEntry], clock: any WallClock
    ) async throws {
        let vaultBox = try await openVaultBox(in: store, keyring: keyring)
        let policy = try await PolicyState.load(
            from: store, vaultBox: vaultBox, ledger: ledger, entries: entries,
            nowMilliseconds: clock.nowMilliseconds)
        guard let next = policy.adding(grant, allowsMixing: true) else {
            throw VaultError(.invalidValue, pointer: "/role", .format)
        }
        try await commit(
            next, to: store, vaultBox: vaultBox, ledger: ledger, operation: "break-glass-grant",
            clock: clock)
    }

    /// Opens a vault: settles what the ledger says, before anything is served.
    ///
    /// 1. An erasure in the ledger whose record lives is carried out: a database put back, or a
    ///    commit whose outcome was unknown.
    /// 2. A policy version that was announced and never committed is marked aborted.
    /// 3. A catalogue that lacks what records hold is refused.
    ///
    /// An older keyring, ledger or database is refused: see ``acceptOlderDatabase(in:keyring:ledger:entries:clock:reason:)``.
    public static func open(
        store: any VaultStore, keyring: Keyring, ledger: Ledger, entries: [LedgerEntry],
        configuration: VaultConfiguration, clock: any WallClock,
        onFailure: @escaping @Sendable (StoreError) -> Void
    ) async throws -> RecordVault {
        let known = ledger.rotations
        guard keyring.generation >= known.generation, keyring.kek.epoch >= known.epoch else {
            throw OpeningError(.keyringOlder, at: "generation \(keyring.generation)")
        }
        let vaultBox = try await openVaultBox(in: store, keyring: keyring)
        let knownEntries = try await LedgerState.check(
            ledger.lastNumber, keyring: keyring, in: store)
        let policy = try await PolicyState.load(
            from: store, vaultBox: vaultBox, ledger: ledger, entries: entries,
            nowMilliseconds: clock.nowMilliseconds)
        try await ConfigurationState.check(
            configuration.catalogue, in: store, vaultBox: vaultBox)
        var limits = CommitQueue.Limits()
        limits.gatherMicroseconds = UInt64(configuration.gatherMicroseconds)
        limits.scrubMilliseconds = UInt64(configuration.scrubMilliseconds)
        let health = VaultHealth()
        let (log, standing) = try await LogStanding.load(from: store, ledger: entries)
        switch standing {
        case .intact: break
        case .shorter: throw OpeningError(.logOlder)
        case .altered: throw OpeningError(.logAltered)
        }
        let destruction = DestructionGuard(
            lastEntry: try await lastEntryMilliseconds(in: store, size: log.size),
            doubtedSince: try await ClockDoubt.load(from: store, vaultBox: vaultBox),
            capPercent: configuration.destructionCapPercent)
        let clock = WatchedClock(clock, watchedBy: destruction)
        let commits = CommitQueue(
            store: store, ledger: ledger, log: log, clock: clock, policyVersion: policy.version,
            health: health, limits: limits, metrics: configuration.metrics,
            reserve: configuration.reserve, onFailure: onFailure)
        let segments = try await store.segments()
        let last = segments.last
        let vault = try RecordVault(
            keyring: keyring, vaultBox: vaultBox, store: store, ledger: ledger,
            configuration: configuration, clock: clock, policy: policy, commits: commits,
            log: log, logStanding: standing, health: health, entries: entries, lastSegment: last,
            recordsInLast: last == nil ? 0 : try await store.recordCount(in: last!.id),
            destruction: destruction)
        commits.start()
        try await vault.loadBudgets()
        try await vault.settle(entries, after: knownEntries)
        try await vault.storeClockDoubt()
        try await vault.append(vault.startEntry, usesReserve: true)
        return vault
    }

    static func openVaultBox(
        in store: any VaultStore, keyring: Keyring
    ) async throws -> VaultBox {
        guard let stored = try await store.state(VaultBox.stateName) else {
            throw OpeningError(.vaultBoxMissing)
        }
        return try VaultBox.open(stored, keyring: keyring)
    }

    private static func commit(
        _ policy: AccessPolicy, to store: any VaultStore, vaultBox: VaultBox, ledger: Ledger,
        operation: String, clock: any WallClock
    ) async throws {
        let now = clock.nowMilliseconds
        var entry = AuditRecord(
            caller: .current, requestID: operation, purpose: nil, operation: operation)
        entry.generation = policy.version
        let commit = try PolicyState.commit(
            policy, vaultBox: vaultBox, audit: entry.leaf(milliseconds: now),
            authorisedUnder: nil, effect: {})
        var mutation = commit.mutation
        mutation.writes.append(
            .putState(try LedgerState.state(count: ledger.lastNumber + 1, of: ledger)))
        let outcomes = try await store.commit([mutation], durability: .power) {
            _ throws(StoreError) in
            guard let event = commit.ledgerEvent else { return }
            do throws(KeyError) {
                try ledger.append([event], milliseconds: now)
            } catch {
                throw .outcomeUnknown
            }
        }
        guard outcomes == [.committed] else { throw StoreError.notWritable }
        try ledger.append([.policyCommitted(version: policy.version)], milliseconds: now)
    }

    /// Carries out every erasure of the ledger that the database doesn't show.
    ///
    /// - Parameter known: How many entries the database says that it knew: it was written together with those.
    private func settle(_ entries: [LedgerEntry], after known: UInt64) async throws {
        let waiting = Set(ledger.rotations.waiting.map(\.number))
        var isAnyLost = false
        for entry in entries {
            guard case .erasure(let id, let scope, let dekIDs) = entry.event else { continue }
            switch try await store.record(id) {
            case .erased: continue
            case .unknown:
                isAnyLost = isAnyLost || waiting.contains(entry.number)
                if scope.isWhole {
                    try await bury(id, atMilliseconds: entry.milliseconds)
                }
            case .live(let stored):
                try await erase(
                    stored, scope, dekIDs: dekIDs, isKnown: entry.number <= known,
                    milliseconds: entry.milliseconds)
            }
        }
        if isAnyLost { try await markAllDirty() }
        // What comes back to a compartment from here on is no remnant of what was erased.
        let isAnyPartial = entries.contains { entry in
            guard entry.number > known, case .erasure(_, .compartments, _) = entry.event else {
                return false
            }
            return true
        }
        guard isAnyPartial else { return }
        try await carryOut(
            Mutation(
                writes: [
                    .putState(try LedgerState.state(count: ledger.lastNumber, of: ledger))
                ]))
    }

    /// Where a database doesn't know whom the ledger erased, nobody knows under which segment key the
    /// copies hold them: the next rotation makes all of them anew, and the index.
    private func markAllDirty() async throws {
        let clean = try await store.segments().filter { !$0.isDirty }
        guard !clean.isEmpty else { return }
        try await carryOut(
            Mutation(writes: clean.map { .markDirty($0.id, epoch: keyring.kek.epoch) }))
    }

    private func bury(
        _ id: RecordID, in segment: SegmentID? = nil, atMilliseconds milliseconds: Int64
    ) async throws {
        let tombstone = try keyring.controlKey.tombstone(
            of: id, erasedAtMilliseconds: milliseconds, vault: keyring.vault)
        // A store erases what is there: a record that this database never saw is there for no longer
        // than the transaction.
        let first =
            segment.map { Write.markDirty($0, epoch: keyring.kek.epoch) }
            ?? .insert(
                StoredRecord(id: id, segment: SegmentID(0), generation: 1, box: [0], fields: [0]))
        try await carryOut(Mutation(writes: [first, .erase(id, tombstone: tombstone)]))
    }

    /// What an erasure did, done again, without a new ledger entry.
    private func erase(
        _ stored: StoredRecord, _ scope: ErasureScope, dekIDs: [UInt64], isKnown: Bool,
        milliseconds: Int64
    ) async throws {
        let record: OpenRecord
        do throws(VaultError) {
            record = try await open(stored)
        } catch {
            guard error.code == .damaged else { throw error }
            if scope.isWhole {
                try await bury(stored.id, in: stored.segment, atMilliseconds: milliseconds)
            }
            return
        }
        var compartments: [String]?
        if case .compartments(let names, let generation) = scope {
            // An older database may have the compartment under keys of other names.
            let isOlder = !isKnown && stored.generation < generation
            let present = record.box.labels.filter { label in
                dekIDs.contains(label.dekID)
                    || (isOlder && names.contains(Erasure.compartment(of: label.name)))
            }
            guard !present.isEmpty else { return }
            compartments = present.map { Erasure.compartment(of: $0.name) }
        }
        let proof = authoriser.settlementProof(requestID: "settlement")
        let known = try await store.certificates(of: stored.id)
        let erasure = try Erasure(
            of: record, WantedErasure(compartments: compartments, reason: "ledger-settlement"),
            order: .settlement(proof), previous: Self.digest(of: known.last), keys: keyUse,
            vault: self)
        let commit = try erasure.commit(of: record, vault: self)
        var mutation = commit.mutation
        mutation.needsLedger = false
        try await carryOut(mutation)
        commits.requestScrub()
    }

    private func carryOut(_ mutation: Mutation) async throws {
        guard
            case .committed = await commits.commit([
                Commit(mutation: mutation, keys: keyUse, usesReserve: true)
            ])[0]
        else {
            throw OpeningError(.erasureNotCarriedOut)
        }
    }

    private var startEntry: AuditRecord {
        AuditRecord(caller: .current, requestID: "start", purpose: nil, operation: "start")
    }
}
