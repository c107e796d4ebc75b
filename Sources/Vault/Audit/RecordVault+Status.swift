import Catalogue
import Cryptography
import KeyManagement
import Storage
public import StrictJSON
import Synchronization
import Verification

extension RecordVault {
    /// Entries of the audit log.
    public func auditEntries(
        _ proof: Authorized<ReadAudit>, after number: UInt64, limit: Int
    ) async throws(VaultError) -> AuditPage {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let entries = try await self.stored { () throws(StoreError) in
                try await self.store.auditEntries(after: number, limit: limit)
            }
            var entry = AuditRecord(proof)
            entry.count = entries.count
            return (AuditPage(entries: entries), [entry])
        }
    }

    /// The vault's state: counts and facts, nobody's data.
    public func status(_ proof: Authorized<ReadStatus>) async throws(VaultError) -> JSONValue {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let counts = try await self.stored { () throws(StoreError) in
                try await self.store.counts()
            }
            return (self.statusDocument(counts), [AuditRecord(proof)])
        }
    }

    /// The vault's public keys: all that is needed to verify what it signs.
    func publicKeys(_ proof: Authorized<ReadKeys>) -> JSONValue {
        .object([
            JSONMember("vault", .string(keyring.vault.description)),
            JSONMember("epoch", .number(String(keyring.kek.epoch))),
            JSONMember(
                "keys",
                .array([
                    Self.key("certificates", keyring.certificateKey.publicKey),
                    Self.key("log", keyring.logKey.publicKey),
                    Self.key("backups", keyring.backupKey.publicKey),
                ])),
        ])
    }

    private func statusDocument(_ counts: StoreCounts) -> JSONValue {
        let policy = authoriser.policy
        return .object([
            JSONMember("vault", .string(keyring.vault.description)),
            JSONMember("startedAt", .string(Timestamp.text(seconds: startedAtMilliseconds / 1000))),
            JSONMember("separation", .string(policy.isSeparationOff ? "off" : "on")),
            JSONMember("policyVersion", .number(String(policy.version))),
            JSONMember("catalogueVersion", .number(String(configuration.catalogue.version))),
            JSONMember("records", .number(String(counts.records))),
            JSONMember("erased", .number(String(counts.tombstones))),
            JSONMember("segments", .number(String(counts.segments))),
            JSONMember("dirtySegments", .number(String(counts.dirtySegments))),
            JSONMember("indexEntries", .number(String(counts.indexEntries))),
            JSONMember("auditEntries", .number(String(counts.auditEntries))),
            JSONMember(
                "log",
                .object([
                    JSONMember("standing", .string(logStanding.rawValue)),
                    JSONMember("witness", witnessing.status(at: clock.nowMilliseconds)),
                ])),
            JSONMember("diskReserve", .string(commits.reserve.state)),
            JSONMember("lastBackup", backups.newest),
            JSONMember("bytesOnDisk", .number(String(counts.bytesOnDisk))),
            JSONMember("scrubPending", .bool(commits.isScrubPending)),
            JSONMember("timedDestruction", destructionStatus),
            JSONMember(
                "protectionsEndingWithin\(ProtectionReminder.horizonDays)Days",
                endingProtections.withLock { $0.map { .number(String($0)) } ?? .null }),
            JSONMember(
                "keys",
                .object([
                    JSONMember("epoch", .number(String(keyring.kek.epoch))),
                    JSONMember("keyringGeneration", .number(String(keyring.generation))),
                    JSONMember(
                        "epochBegan",
                        .string(Timestamp.text(seconds: keyring.kek.createdSeconds))),
                    JSONMember("storage", .string(keyringStrength.rawValue)),
                    JSONMember(
                        "recoverable", .string(recoveryLacks.isEmpty ? "yes" : "no")),
                    JSONMember(
                        "recoveryLacks", .array(recoveryLacks.map(JSONValue.string))),
                ])),
            JSONMember(
                "secretMemory",
                .object([
                    JSONMember("inUse", .number(String(Sodium.secretMemory.bytesInUse))),
                    JSONMember("locked", .number(String(Sodium.secretMemory.bytesLocked))),
                ])),
        ])
    }

    /// What a lost disk would leave nothing of: `escrow`, `ledger`, `backup`. Whether another file system is
    /// another machine's, nobody can tell from here.
    var recoveryLacks: [String] {
        var lacks: [String] = []
        if configuration.keyStorage?.isElsewhere(keyring) != true { lacks.append("escrow") }
        if !ledger.replicas.contains(where: { $0.isElsewhere && $0.standing == .current }) {
            lacks.append("ledger")
        }
        if backups.newest == .null { lacks.append("backup") }
        return lacks
    }

    private static func key(_ use: String, _ key: PublicKey) -> JSONValue {
        .object([
            JSONMember("use", .string(use)),
            JSONMember("algorithm", .string("Ed25519")),
            JSONMember("keyId", .string(key.keyID)),
            JSONMember("publicKey", .string(Base64.encode(key.bytes))),
        ])
    }
}
