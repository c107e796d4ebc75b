import Cryptography
import KeyManagement
import Storage
public import StrictJSON
import Verification

extension RecordVault {
    /// Starts a drill: restores the newest parts of a directory into a temporary place, with the keyring of
    /// now and a copy of the ledger of now, opens it as a restored vault is opened, verifies all of it as
    /// `aittad check` does, and holds it against the vault. No personal data leaves.
    ///
    /// - Parameter directory: Whose parts; `nil`: of the first configured destination.
    /// - Throws: As ``startBackup(_:directory:)``.
    public func startDrill(
        _ proof: Authorized<BackUp>, directory: String?
    ) async throws(VaultError) -> JSONValue {
        let destination = try destinations(directory)[0]
        guard let ground = configuration.drillGround else {
            throw VaultError(.conflict, detail: "there is no place for a drill")
        }
        try await start(.drill, proof) { [self] running throws(BackupFailure) in
            var store: (any VaultStore)?
            let result: Result<JSONValue, BackupFailure>
            do {
                let made = try await ground.begin()
                store = made
                result = .success(
                    try await drill(destination, in: made, on: ground, running.progress))
            } catch {
                result = .failure(BackupFailure(any: error))
            }
            await ground.end(store)
            return try result.get()
        }
        return backups(proof)
    }

    private func drill(
        _ destination: any BackupDestination, in place: any VaultStore,
        on ground: any DrillGround, _ progress: BackupProgress
    ) async throws -> JSONValue {
        let keyring = keyring
        let key = keyring.certificateKey.publicKey
        func chain(_ part: BackupPart) throws(BackupFailure) -> RestoreChain {
            guard let number = try destination.numbers(of: part).last else {
                throw BackupFailure(
                    .unreadable, at: destination.name,
                    hint: "there is no \(part.rawValue) part: make a backup first")
            }
            return try RestoreChain(part, number, in: destination, certificateKey: key)
        }
        let (records, keys) = (try chain(.records), try chain(.keys))
        let (ledger, entries) = try ground.ledger(of: keyring)
        try Restore.Refusal.check(
            records: records, keys: keys, keyring: keyring, entries: entries,
            acceptsOlderKeys: false)
        var restore = Restore(
            records: records, keys: keys, keyring: keyring, entries: entries, store: place,
            catalogue: configuration.catalogue, clock: clock, progress: progress)
        _ = try await restore.fill()
        let restored = try await restore.finish(ledger)
        let report = try await open(place, ledger) { settled in
            progress.begin(.checking, total: restored.records)
            let check = VaultCheck(store: place, keyring: keyring, entries: settled)
            return try await follow(progress) { try await check.run(progress: $0) }
        }
        let isPrefix = try await isBeginningOfLog(records.manifest.log)
        let counts = try await store.counts()
        let isEscrowCurrent = try ground.escrow().map { Escrow.isCurrent($0, of: keyring) } ?? false
        let isWhole =
            report.findings.isEmpty && isPrefix && isEscrowCurrent && restored.lost.isEmpty
            && restored.newer.isEmpty
        return .object([
            JSONMember("outcome", .string(isWhole ? "ok" : "failed")),
            JSONMember("directory", .string(destination.name)),
            JSONMember("recordsPart", .number(String(records.manifest.number))),
            JSONMember("keysPart", .number(String(keys.manifest.number))),
            JSONMember("madeAt", .string(keys.manifest.madeAt)),
            JSONMember("records", .number(String(restored.records))),
            JSONMember("recordsInVault", .number(String(counts.records))),
            JSONMember("fields", .number(String(report.fields))),
            JSONMember("erased", .number(String(restored.erased.count))),
            JSONMember("lost", .ids(restored.lost + restored.newer)),
            JSONMember("stale", .ids(restored.stale)),
            JSONMember("logSize", .number(String(restored.logSize))),
            JSONMember("logSizeOfVault", .number(String(log.head.size))),
            JSONMember("logMatches", .bool(isPrefix)),
            JSONMember("escrow", .string(isEscrowCurrent ? "current" : "not current")),
            JSONMember(
                "findings",
                .array(
                    report.findings.prefix(Self.maximumFindings).map { finding in
                        .object([
                            JSONMember("kind", .string(finding.kind)),
                            JSONMember("place", .string(finding.place)),
                        ])
                    })),
            JSONMember("findingCount", .number(String(report.findings.count))),
        ])
    }

    private static var maximumFindings: Int { 1000 }

    /// Opens what was restored, as a restore does: it carries out what the ledger knows and the parts do not.
    private func open<Value>(
        _ place: any VaultStore, _ ledger: Ledger,
        _ body: ([LedgerEntry]) async throws -> Value
    ) async throws -> Value {
        let vault = try await RecordVault.open(
            store: place, keyring: keyring, ledger: ledger, entries: ledger.entries(),
            configuration: VaultConfiguration(catalogue: configuration.catalogue), clock: clock
        ) { _ in }
        do {
            let value = try await body(ledger.entries())
            await vault.shutDown()
            return value
        } catch {
            await vault.shutDown()
            throw error
        }
    }

    private func follow<Value>(
        _ progress: BackupProgress, _ body: ((Int) -> Void) async throws -> Value
    ) async throws -> Value {
        var seen = 0
        let value = try await body { records in
            try? progress.add(records - seen)
            seen = records
        }
        try progress.check()
        return value
    }

    /// Whether the log of now begins with another.
    private func isBeginningOfLog(_ head: TreeHead) async throws -> Bool {
        let snapshot = try await store.snapshot()
        do throws(BackupFailure) {
            let log = try await SnapshotLog(snapshot, sizes: [head.size])
            await snapshot.close()
            return log.begins(with: head)
        } catch {
            await snapshot.close()
            throw error
        }
    }
}

extension JSONValue {
    fileprivate static func ids(_ ids: [RecordID]) -> JSONValue {
        .array(ids.prefix(1000).map { .string($0.description) })
    }
}
