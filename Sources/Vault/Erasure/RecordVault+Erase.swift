import Catalogue
import Cryptography
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
        let wanted = WantedErasure(compartments: compartments, reason: reason)
        let done = try await carryOut(.request(proof), id, wanted: wanted)
        if let done { return done }
        guard let last = try await storedCertificates(of: id).last else {
            throw VaultError(.erased)
        }
        return await withLogProof(last.body, entry: last.entry)
    }

    /// Destroys what is wanted, or waits, and no hold keeps, and notes in the record what waits from now on.
    ///
    /// - Parameter wanted: `nil`: what waits in the record.
    /// - Returns: The certificate; `nil`: there was nothing to do.
    func carryOut(
        _ order: ErasureOrder, _ id: RecordID, wanted: WantedErasure?
    ) async throws(VaultError) -> [UInt8]? {
        var order = order
        for _ in 0..<Self.maximumAttempts {
            let use = keyUse
            let lookup = try await stored { () throws(StoreError) in try await store.record(id) }
            if case .erased = lookup {
                var entry = order.audit(of: id)
                entry.reason = "erased-before"
                try await append(entry)
                return nil
            }
            let stored = try live(lookup, of: id)
            let last = try await storedCertificates(of: id).last
            guard
                let (commit, certificate) = try await erasure(
                    of: stored, wanted: wanted, order: order, after: last, keys: use)
            else {
                var entry = order.audit(of: id)
                entry.reason = "no-change"
                try await append(entry)
                return nil
            }
            let reservation = try await reserveErasure(order)
            switch await commits.commit([commit])[0] {
            case .committed(let entry):
                if commit.ledgerEvent != nil { reservation?.count() }
                commits.requestScrub()
                await answers.drain(deadlineSeconds: configuration.responseDeadlineSeconds)
                guard let claimed = commit.replicasOutOfReach else {
                    return await withLogProof(certificate, entry: entry)
                }
                let (certificate, entry) = try await amended(
                    certificate, entry: entry, claiming: claimed)
                return await withLogProof(certificate, entry: entry)
            case .policyChanged: order = try await reauthorize(order)
            case .rejected(.changed), .rejected(.erased), .recordChanged, .keysChanged:
                continue
            case .rejected(let rejection): throw Self.error(rejection)
            case .failed(let error): throw VaultError(error)
            }
        }
        throw VaultError(.conflict)
    }

    private func reserveErasure(
        _ order: ErasureOrder
    ) async throws(VaultError) -> ErasureReservation? {
        switch order {
        case .request(let proof), .settlement(let proof): try await reserveErasure(proof)
        case .holdEnded(let proof): try await reserveErasure(proof)
        case .holdExpired: nil
        }
    }

    private func reauthorize(_ order: ErasureOrder) async throws(VaultError) -> ErasureOrder {
        switch order {
        case .request(let proof): .request(try await reauthorize(proof))
        case .holdEnded(let proof): .holdEnded(try await reauthorize(proof))
        case .settlement(let proof): .settlement(try await reauthorize(proof))
        case .holdExpired: order
        }
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
        next.previous = ErasureCertificate.digest(of: document)
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

    /// - Returns: `nil`: there is nothing to do.
    private func erasure(
        of stored: StoredRecord, wanted: WantedErasure?, order: ErasureOrder,
        after last: StoredCertificate?, keys: KeyUse
    ) async throws(VaultError) -> (Commit, certificate: [UInt8])? {
        let previous = Self.digest(of: last)
        let record: OpenRecord
        do throws(VaultError) {
            record = try await open(stored)
        } catch {
            // What can't be opened can be erased all the same, as a whole; and since nobody can tell
            // whether it is restricted, by those alone whom that would not keep from it.
            guard error.code == .damaged, case .request(let proof) = order, let wanted,
                wanted.compartments == nil, proof.purpose?.isForRightsOnly ?? true
            else { throw error }
            let erasure = try DamagedErasure(
                of: stored, reason: wanted.reason, proof: proof, previous: previous, keys: keys,
                vault: self)
            return (erasure.commit, erasure.certificate)
        }
        if case .request(let proof) = order {
            try checkRecording(for: proof.purpose, on: record)
        }
        let erasure = try Erasure(
            of: record, wanted, order: order, previous: previous, keys: keys, vault: self)
        guard !erasure.isEmpty else {
            guard erasure.isWaiting || wanted == nil else {
                throw VaultError(.invalidValue, pointer: "/compartments", .empty)
            }
            return nil
        }
        return (try erasure.commit(of: record, vault: self), erasure.certificate)
    }

    private func storedCertificates(
        of id: RecordID
    ) async throws(VaultError) -> [StoredCertificate] {
        try await stored { () throws(StoreError) in try await store.certificates(of: id) }
    }

    /// SHA-256 of what is signed in a certificate.
    static func digest(of certificate: StoredCertificate?) -> Digest32? {
        certificate.flatMap { try? JSONParser.parse($0.body) }.flatMap(ErasureCertificate.digest)
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
