import Catalogue
import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Verification

extension RecordVault {
    /// The log's origin: another after each restart, so that no checkpoint of before passes for one since.
    var logOrigin: String {
        "aitta/\(keyring.vault)" + (logRestarts == 0 ? "" : "/\(logRestarts + 1)")
    }

    /// The log by its key: origin, key id and public key (C2SP signed-note).
    var logVerifierKey: VerifierKey {
        guard let name = try? KeyName(logOrigin) else {
            preconditionFailure("a vault's id makes a key name")
        }
        return VerifierKey(name: name, publicKey: keyring.logKey.publicKey)
    }

    /// The synced log's size and root, signed: what an outsider keeps to hold the log to its word.
    public func checkpoint(_ proof: Authorized<ReadKeys>) throws(VaultError) -> LogCheckpoint {
        try checkpoint(of: log.head)
    }

    /// Proves that an entry is in the log.
    ///
    /// - Parameters:
    ///   - number: The entry's number, from 1.
    ///   - size: The tree's size; `nil`: the synced log's.
    /// - Throws: ``VaultError/Code/invalidValue`` unless 1 ≤ number ≤ size ≤ the synced log's size.
    public func inclusionProof(
        _ proof: Authorized<ReadAudit>, of number: UInt64, size: UInt64?
    ) async throws(VaultError) -> LogInclusionProof {
        let size = size ?? log.head.size
        guard number >= 1, number <= size, size <= log.head.size else {
            throw VaultError(.invalidValue, pointer: "/number", .format)
        }
        return try await answering(proof) { proof, sequence throws(VaultError) in
            var entry = AuditRecord(proof)
            entry.reason = "inclusion"
            return (try await self.inclusion(of: number, size: size), [entry])
        }
    }

    /// Proves that the log of `second` entries begins with that of `first`.
    ///
    /// - Throws: ``VaultError/Code/invalidValue`` unless 1 ≤ first ≤ second ≤ the synced log's size.
    public func consistencyProof(
        _ proof: Authorized<ReadAudit>, from first: UInt64, to second: UInt64?
    ) async throws(VaultError) -> LogConsistencyProof {
        let second = second ?? log.head.size
        guard second <= log.head.size,
            let plan = try? MerkleProofPlan.consistency(from: first, to: second)
        else { throw VaultError(.invalidValue, pointer: "/from", .format) }
        return try await answering(proof) { proof, sequence throws(VaultError) in
            var entry = AuditRecord(proof)
            entry.reason = "consistency"
            let hashes = try await self.log.hashes(for: plan, from: self.store)
            return (LogConsistencyProof(from: first, to: second, hashes: hashes), [entry])
        }
    }

    /// A certificate with the proof that the log holds what it certifies; without, where none can be
    /// made, as once the entry has expired: what was erased is erased, whatever the log's state.
    func withLogProof(_ certificate: [UInt8], entry number: UInt64) async -> [UInt8] {
        (try? await proven(certificate, entry: number)) ?? certificate
    }

    private func proven(_ certificate: [UInt8], entry number: UInt64) async throws(VaultError)
        -> [UInt8]
    {
        let head = log.head
        guard number >= 1, number <= head.size,
            let members = (try? JSONParser.parse(certificate))?.members
        else { return certificate }
        let leaf = try await stored { () throws(StoreError) in
            try await store.auditEntries(after: number - 1, limit: 1)
        }
        guard let leaf = leaf.first?.leaf, !leaf.isExpired else { return certificate }
        let inclusion = try await inclusion(of: number, size: head.size)
        let checkpoint = try checkpoint(of: head)
        return JSONValue.object(
            members + [
                JSONMember(
                    "log",
                    .object([
                        JSONMember("number", .number(String(number))),
                        JSONMember("leaf", .string(Base64.encode(leaf.entry))),
                        JSONMember("note", .string(checkpoint.note)),
                        JSONMember("verifierKey", .string(checkpoint.verifierKey)),
                        JSONMember("hashes", .base64(inclusion.hashes)),
                    ]))
            ]
        ).encoded()
    }

    private func inclusion(
        of number: UInt64, size: UInt64
    ) async throws(VaultError) -> LogInclusionProof {
        guard let plan = try? MerkleProofPlan.inclusion(of: number - 1, size: size) else {
            throw VaultError(.internal)
        }
        let hashes = try await log.hashes(for: plan, from: store)
        let leaf = try await stored { () throws(StoreError) in
            try await store.leafHashes(after: number - 1, limit: 1)
        }
        guard let leaf = leaf.first else { throw VaultError(.damaged, detail: "the audit log") }
        return LogInclusionProof(number: number, size: size, leaf: leaf.digest, hashes: hashes)
    }

    func checkpoint(of head: TreeHead) throws(VaultError) -> LogCheckpoint {
        let key = logVerifierKey
        do throws(NoteError) {
            let checkpoint = Checkpoint(origin: key.name, head: head)
            let note = try keyring.logKey.lend { (secret) throws(NoteError) in
                try checkpoint.signed(with: secret)
            }
            return LogCheckpoint(
                head: head, note: String(decoding: note.bytes, as: UTF8.self),
                verifierKey: key.text)
        } catch {
            throw VaultError(.internal)
        }
    }
}
