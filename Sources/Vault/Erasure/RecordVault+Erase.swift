import Catalogue
import KeyManagement
public import Storage
import StrictJSON
import Verification

extension RecordVault {
    /// Erases a record, or compartments of it: its keys, index entries and ciphertext are gone, and
    /// the ledger says so, on disk, before this returns; no answer with what it held is under way.
    ///
    /// - Parameters:
    ///   - reason: A code of `[a-z0-9-]`, 1 to 64 characters.
    ///   - compartments: What to erase; `nil`: everything.
    /// - Returns: The signed certificate. Erasing an erased record gives the certificate again.
    public func erase(
        _ proof: Authorized<EraseRecord>, _ id: RecordID, reason: String,
        compartments: [String]?
    ) async throws(VaultError) -> [UInt8] {
        do throws(VaultError) {
            return try await attemptErasure(
                proof, id, reason: reason, compartments: compartments)
        } catch {
            guard error.code != .outcomeUnknown else { throw error }
            try await recordFailure(error, of: AuditRecord(proof, record: id))
            throw error
        }
    }

    /// The certificates of a record, oldest first.
    public func certificates(
        _ proof: Authorized<ReadCertificates>, of id: RecordID
    ) async throws(VaultError) -> [[UInt8]] {
        let found = try await storedCertificates(proof, of: id)
        var certificates: [[UInt8]] = []
        for certificate in found {
            certificates.append(
                await withLogProof(certificate.body, entry: certificate.entry))
        }
        return certificates
    }

    private func storedCertificates(
        _ proof: Authorized<ReadCertificates>, of id: RecordID
    ) async throws(VaultError) -> [StoredCertificate] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let found = try await self.stored { () throws(StoreError) in
                try await self.store.certificates(of: id)
            }
            var entry = AuditRecord(proof)
            do throws(VaultError) {
                if found.isEmpty { _ = try await self.live(id) }
            } catch {
                try await self.recordFailure(error, of: entry)
                throw error
            }
            entry.count = found.count
            return (found, [entry])
        }
    }

    private func attemptErasure(
        _ proof: Authorized<EraseRecord>, _ id: RecordID, reason: String,
        compartments: [String]?
    ) async throws(VaultError) -> [UInt8] {
        guard ReasonCode.isValid(reason) else {
            throw VaultError(.invalidValue, pointer: "/reason", .format)
        }
        for compartment in compartments ?? []
        where configuration.catalogue.compartment(named: compartment) == nil {
            throw VaultError(.invalidValue, pointer: "/compartments", .unknownMember)
        }
        // Before the record is looked at: what isn't granted must not tell whether it is there.
        for compartment in compartments ?? [] where !mayErase(in: compartment, proof) {
            throw VaultError(.notGranted)
        }
        try await takeRecord(id, proof)
        var proof = proof
        for _ in 0..<Self.maximumAttempts {
            let use = keyUse
            let lookup = try await stored { () throws(StoreError) in try await store.record(id) }
            if case .erased = lookup {
                var entry = AuditRecord(proof, record: id)
                entry.reason = "erased-before"
                try await append(entry)
                return try await lastCertificate(of: id)
            }
            let stored = try live(lookup, of: id)
            let (commit, certificate) = try await erasure(
                of: stored, compartments: compartments, reason: reason, proof: proof,
                keys: use)
            let reservation = try await reserveErasure(proof)
            switch await commits.commit([commit])[0] {
            case .committed(let entry):
                reservation.count()
                commits.requestScrub()
                let (certificate, entry) = try await amended(
                    certificate, entry: entry, claiming: commit.replicasOutOfReach ?? [])
                await answers.drain(deadlineSeconds: configuration.responseDeadlineSeconds)
                return await withLogProof(certificate, entry: entry)
            case .policyChanged: proof = try await reauthorize(proof)
            case .rejected(.changed), .rejected(.erased), .recordChanged, .keysChanged:
                continue
            case .rejected(let rejection): throw Self.error(rejection)
            case .failed(let error): throw VaultError(error)
            }
        }
        throw VaultError(.conflict)
    }

    /// A replica of the ledger that failed while it was written, once it was looked at: the certificate said
    /// that it would hold the erasure, so another one that says otherwise follows it, and is the answer.
    private func amended(
        _ certificate: [UInt8], entry: UInt64, claiming claimed: [String]
    ) async throws(VaultError) -> ([UInt8], entry: UInt64) {
        let outOfReach = ledger.replicasOutOfReach
        guard outOfReach != claimed,
            let document = try? JSONParser.parse(certificate),
            let first = ErasureCertificate(document), let id = RecordID(first.record)
        else { return (certificate, entry) }
        var next = first
        next.ledgerReplicasOutOfReach = outOfReach
        let (amended, digest) = try sign(next)
        var audit = AuditRecord(
            caller: .current, requestID: "ledger-replica", purpose: nil,
            operation: Self.amendmentOperation, record: id)
        audit.digest = digest
        let commit = Commit(
            mutation: Mutation(
                writes: [.addCertificate(id, amended)],
                audit: [audit.leaf(milliseconds: clock.nowMilliseconds)]),
            usesReserve: true)
        guard case .committed(let entry) = await commits.commit([commit])[0] else {
            throw VaultError(.outcomeUnknown)
        }
        return (amended, entry)
    }

    /// The operation of the entry of a certificate that amends the one before it.
    static var amendmentOperation: String { "amend-certificate" }

    private func mayErase(in compartment: String, _ proof: Authorized<EraseRecord>) -> Bool {
        configuration.catalogue.fields.contains {
            $0.compartment == compartment && proof.view(of: $0.name) == .plain
        }
    }

    private func erasure(
        of stored: StoredRecord, compartments: [String]?, reason: String,
        proof: Authorized<EraseRecord>, keys: KeyUse
    ) async throws(VaultError) -> (Commit, certificate: [UInt8]) {
        do throws(VaultError) {
            let record = try await open(stored)
            try checkRecording(for: proof.purpose, on: record)
            let erasure = try Erasure(
                of: record, compartments: compartments, reason: reason, proof: proof, keys: keys,
                vault: self)
            guard !erasure.isEmpty else {
                throw VaultError(.invalidValue, pointer: "/compartments", .empty)
            }
            return (try erasure.commit(of: record, vault: self), erasure.certificate)
        } catch {
            // What can't be opened can be erased all the same, as a whole; and since nobody can tell
            // whether it is restricted, by those alone whom that would not keep from it.
            guard error.code == .damaged, compartments == nil,
                proof.purpose?.isForRightsOnly ?? true
            else { throw error }
            let erasure = try DamagedErasure(
                of: stored, reason: reason, proof: proof, keys: keys, vault: self)
            return (erasure.commit, erasure.certificate)
        }
    }

    private func lastCertificate(of id: RecordID) async throws(VaultError) -> [UInt8] {
        let found = try await stored { () throws(StoreError) in
            try await store.certificates(of: id)
        }
        guard let last = found.last else { throw VaultError(.erased) }
        return await withLogProof(last.body, entry: last.entry)
    }
}

/// Codes for reasons: short, and never free text.
public enum ReasonCode {
    /// Whether a text is a code: 1 to 64 characters of `a-z`, `0-9` and `-`.
    public static func isValid(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }
}
