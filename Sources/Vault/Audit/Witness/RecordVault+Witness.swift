import Cryptography
import KeyManagement
import Storage
import Verification

extension RecordVault {
    /// Why the outside witness has no newer checkpoint, as a stable code; `nil`: it has, or there is none.
    public var witnessFailure: String? { witnessing.failure }

    /// Hands the newest checkpoint to the outside witness, if the log has grown since the last.
    ///
    /// What the witness holds must be an earlier checkpoint of this log: else it stays, since it proves
    /// that the log was altered or cut, and the status says so.
    func witnessLog() async {
        guard let witness = witnessing.witness else { return }
        do throws(WitnessFailure) {
            if witnessing.mustAsk { witnessing.noteHeld(try await held(by: witness)) }
            let head = log.head
            if let taken = witnessing.taken {
                try await check(taken.head, begins: head)
                guard taken.head != head else { return witnessing.noteFailure(nil) }
            }
            guard let made = try? checkpoint(of: head) else { throw WitnessFailure("internal") }
            try await witness.take(Array(made.note.utf8))
            witnessing.noteTaken(.init(head: head, milliseconds: clock.nowMilliseconds))
        } catch {
            witnessing.noteFailure(error.code)
        }
    }

    private func held(
        by witness: any CheckpointWitness
    ) async throws(WitnessFailure) -> LogWitnessing.Taken? {
        guard let held = try await witness.held() else { return nil }
        let keys = [keyring.logKey.publicKey] + (await formerLogKeys())
        let signed = keys.lazy.compactMap { key in
            try? Checkpoint(
                note: held.note,
                signedBy: VerifierKey(name: self.logVerifierKey.name, publicKey: key))
        }.first
        guard let checkpoint = signed else { throw WitnessFailure("foreign-note") }
        return .init(head: checkpoint.head, milliseconds: held.milliseconds)
    }

    /// The log keys that the key history leads from to the one of now, the newest first.
    private func formerLogKeys() async -> [PublicKey] {
        guard let history = try? await keyHistory().history else { return [] }
        return history.predecessors(ofCertificateKey: keyring.certificateKey.publicKey)
            .reversed().map(\.log)
    }

    private func check(
        _ earlier: TreeHead, begins head: TreeHead
    ) async throws(WitnessFailure) {
        guard earlier.size <= head.size else { throw WitnessFailure("log-shorter") }
        if earlier == head || earlier.size == 0 { return }
        guard earlier.size < head.size else { throw WitnessFailure("log-altered") }
        guard let plan = try? MerkleProofPlan.consistency(from: earlier.size, to: head.size),
            let hashes = try? await log.hashes(for: plan, from: store)
        else { throw WitnessFailure("log-unreadable") }
        guard ConsistencyProof(hashes: hashes).isValid(from: earlier, to: head) else {
            throw WitnessFailure("log-altered")
        }
    }
}
