import Catalogue
import Cryptography
import KeyManagement
import Storage
public import StrictJSON
import Verification

extension RecordVault {
    /// What runs, what came of the last backup and drill, and the parts at the configured destinations.
    public func backups(_ proof: Authorized<BackUp>) -> JSONValue {
        backups.document(atMilliseconds: clock.nowMilliseconds)
    }

    /// Starts a backup: both parts, from one snapshot, while the vault serves.
    ///
    /// - Parameter directory: Where to; `nil`: to all configured destinations.
    /// - Returns: What ``backups(_:)`` says now; what comes of it, it says once it is done.
    /// - Throws: ``VaultError/Code/conflict`` while a backup or a drill runs, or where there is no
    ///   destination; ``VaultError/Code/invalidValue`` for a directory that can't be used.
    public func startBackup(
        _ proof: Authorized<BackUp>, directory: String?
    ) async throws(VaultError) -> JSONValue {
        let destinations = try destinations(directory)
        try await start(.backUp, proof) { [self] running throws(BackupFailure) in
            try await backUp(BackupPart.allCases, to: destinations, running)
        }
        return backups(proof)
    }

    /// Writes new parts to every configured destination and opens them again: the third step of a
    /// rotation. Waits for a backup that runs.
    ///
    /// - Returns: Why destinations don't have it; none: all do.
    /// - Throws: ``BackupFailure`` when it could not be made, or no destination has it.
    func writeParts(_ parts: [BackupPart]) async throws(BackupFailure) -> [BackupFailure] {
        guard !configuration.backupDestinations.isEmpty else { return [] }
        while true {
            if let running = backups.begin(.keysPart, atMilliseconds: clock.nowMilliseconds) {
                do throws(BackupFailure) {
                    let outcome = try await run(
                        parts, to: configuration.backupDestinations, running.progress,
                        needsNewestEpoch: true)
                    backups.end(.keysPart, outcome.json)
                    return outcome.failures
                } catch {
                    backups.end(.keysPart, error.json)
                    throw error
                }
            }
            guard !backups.isStopped else {
                throw BackupFailure(.interrupted, at: "keys part", hint: "the daemon stops")
            }
            await backups.ended()
        }
    }

    /// Where parts go: to a directory that is named, or to all that are configured.
    func destinations(
        _ directory: String?
    ) throws(VaultError) -> [any BackupDestination] {
        guard let directory else {
            guard !configuration.backupDestinations.isEmpty else {
                throw VaultError(
                    .conflict,
                    detail: "no directory is configured: set backup.directories, or name one")
            }
            return configuration.backupDestinations
        }
        let destination = configuration.backupDirectory(directory)
        do throws(BackupFailure) {
            try destination.check()
        } catch {
            var refusal = VaultError(.invalidValue, pointer: "/directory", .format)
            refusal.detail = error.hint.map { "\(error): \($0)" } ?? error.description
            throw refusal
        }
        return [destination]
    }

    /// Starts what runs by itself and is asked about later; its start and its end are in the log.
    func start(
        _ kind: BackupService.Kind, _ proof: Authorized<BackUp>,
        _ work: @escaping @Sendable (BackupService.Running) async throws(BackupFailure) -> JSONValue
    ) async throws(VaultError) {
        guard let running = backups.begin(kind, atMilliseconds: clock.nowMilliseconds) else {
            throw VaultError(.conflict, detail: "a backup or a drill runs already")
        }
        var entry = AuditRecord(
            caller: proof.caller, requestID: proof.requestID, purpose: nil,
            operation: kind.rawValue)
        entry.reason = "started"
        do throws(VaultError) {
            try await append(entry)
        } catch {
            backups.end(kind, .null)
            throw error
        }
        Task(executorPreference: globalConcurrentExecutor) { [self, entry] in
            var entry = entry
            entry.reason = "ended"
            let result: JSONValue
            do throws(BackupFailure) {
                result = try await work(running)
            } catch {
                entry.outcome = error.code.rawValue
                result = .object([
                    JSONMember("outcome", .string(error.code.rawValue)),
                    JSONMember("failures", .array([error.json])),
                ])
            }
            // What ends because the vault stops has no log to be written to any more.
            if !running.progress.isCancelled { try? await append(entry) }
            backups.end(
                kind,
                .object(
                    [
                        JSONMember(
                            "startedAt",
                            .string(Timestamp.text(milliseconds: running.startedAtMilliseconds))),
                        JSONMember(
                            "endedAt", .string(Timestamp.text(milliseconds: clock.nowMilliseconds))),
                    ] + (result.members ?? [])))
        }
    }

    private func backUp(
        _ parts: [BackupPart], to destinations: [any BackupDestination],
        _ running: BackupService.Running
    ) async throws(BackupFailure) -> JSONValue {
        try await run(parts, to: destinations, running.progress, needsNewestEpoch: false).json
    }

    private func run(
        _ parts: [BackupPart], to destinations: [any BackupDestination],
        _ progress: BackupProgress, needsNewestEpoch: Bool
    ) async throws(BackupFailure) -> BackupRun.Outcome {
        var failures: [BackupFailure] = []
        var usable: [any BackupDestination] = []
        for destination in destinations {
            do throws(BackupFailure) {
                try destination.check()
                try destination.removePartials()
                _ = try destination.names()
                usable.append(destination)
            } catch {
                failures.append(error)
            }
        }
        guard !usable.isEmpty else {
            throw failures.first ?? BackupFailure(.directoryUnusable, at: "none is configured")
        }
        let snapshot: any StoreSnapshot
        do throws(StoreError) {
            snapshot = try await store.snapshot()
            // What the parts say of the log must not be taken back by a power loss.
            try await store.sync()
        } catch {
            throw BackupFailure(error)
        }
        var outcome: BackupRun.Outcome
        do throws(BackupFailure) {
            var run = try await BackupRun(
                snapshot, keyring: keyring, logOrigin: logOrigin,
                nowMilliseconds: clock.nowMilliseconds, destinations: usable,
                lastKeysPart: backups.lastKeysPart, progress: progress)
            run.needsNewestEpoch = needsNewestEpoch
            outcome = try await run.run(parts)
        } catch {
            await snapshot.close()
            throw error
        }
        await snapshot.close()
        outcome.failures = failures + outcome.failures
        try note(outcome.written)
        listParts()
        return outcome
    }

    /// The ledger learns of a keys part: an older one is told by it.
    private func note(_ written: [BackupRun.Written]) throws(BackupFailure) {
        for part in written where part.manifest.part == .keys {
            do throws(KeyError) {
                try ledger.append(
                    [.keysPart(number: part.manifest.number, digest: part.digest.bytes)],
                    milliseconds: clock.nowMilliseconds)
            } catch {
                throw BackupFailure(.notWritten, at: error.place, hint: error.hint)
            }
            backups.lastKeysPart = part.manifest.number
        }
    }

    /// Looks once at what configured destinations have.
    func listPartsOnce() {
        if backups.listed == nil { listParts() }
    }

    private func listParts() {
        let key = keyring.certificateKey.publicKey
        backups.listed = configuration.backupDestinations.flatMap { destination in
            BackupPart.allCases.flatMap { part -> [BackupService.Listed] in
                let numbers = (try? destination.numbers(of: part)) ?? []
                return numbers.suffix(100).compactMap { number in
                    guard let file = try? destination.file(part, number, certificateKey: key),
                        file.manifest.vault == keyring.vault
                    else { return nil }
                    return BackupService.Listed(
                        directory: destination.name, part: part, number: number,
                        base: file.manifest.base?.number, epoch: file.manifest.epoch,
                        madeAt: file.manifest.madeAt, bytes: file.size)
                }
            }
        }
    }
}

extension BackupRun.Outcome {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("outcome", .string(failures.isEmpty ? "ok" : "incomplete")),
            JSONMember("parts", .array(written.map(\.json))),
            JSONMember("failures", .array(failures.map(\.json))),
        ])
    }
}

extension BackupRun.Written {
    fileprivate var json: JSONValue {
        let counts = manifest.counts
        return .object([
            JSONMember("part", .string(manifest.part.rawValue)),
            JSONMember("file", .string(manifest.part.fileName(manifest.number))),
            JSONMember("number", .number(String(manifest.number))),
            JSONMember("base", manifest.base.map { .number(String($0.number)) } ?? .null),
            JSONMember(
                "records",
                .number(String(manifest.part == .records ? counts.rows : counts.boxes))),
            JSONMember("logSize", .number(String(manifest.log.size))),
            JSONMember("damaged", .number(String(counts.damagedBoxes))),
            JSONMember("bytes", .number(String(bytes))),
            JSONMember("directories", .array(destinations.map(JSONValue.string))),
        ])
    }
}
