import Catalogue
import KeyManagement
import Storage
public import StrictJSON

extension RecordVault {
    /// Takes the root key from elsewhere from now on; everything goes on being served meanwhile. The keyring
    /// is sealed by a new root key, as its next generation.
    ///
    /// - Parameter body: As in docs/openapi.yaml, RootKeySource.
    /// - Throws: ``VaultError/Code/conflict`` while keys are being changed; ``VaultError/Code/invalidValue`` for a
    ///   source that can't be had.
    public func changeRootKey(
        _ proof: Authorized<RotateKeys>, to body: JSONValue
    ) async throws(VaultError) -> RootKeyChange {
        try await changeRootKey(to: try NewRootKey(body), proof)
    }

    /// Takes the root key from a passphrase from now on.
    public func changeRootKey(
        _ proof: Authorized<RotateKeys>, to passphrase: PresentedPassphrase
    ) async throws(VaultError) -> RootKeyChange {
        try await changeRootKey(to: .passphrase(passphrase.passphrase), proof)
    }

    private func changeRootKey(
        to new: NewRootKey, _ proof: Authorized<RotateKeys>
    ) async throws(VaultError) -> RootKeyChange {
        guard configuration.keyChanges.begin() else {
            throw VaultError(.conflict, detail: "the keys are being changed already")
        }
        defer { configuration.keyChanges.end() }
        // A deep rotation waits for a new root key, where it can't make one by itself.
        guard keyring.rotation != .epoch else {
            throw VaultError(.conflict, detail: "a rotation is under way")
        }
        return try await replaceRootKey(by: new, proof.caller, requestID: proof.requestID)
    }

    /// Seals the keyring by a new root key; for whoever holds the lock of key changes.
    @discardableResult
    func replaceRootKey(
        by new: NewRootKey, _ caller: Caller, requestID: String
    ) async throws(VaultError) -> RootKeyChange {
        guard let storage = configuration.keyStorage, let note = configuration.rootKeyNote else {
            throw VaultError(.notReady, detail: "this vault can't write its keyring")
        }
        func log(
            outcome: String?, generation: UInt64, event: LedgerEvent? = nil
        ) async throws(VaultError) {
            try await self.log(caller, requestID, outcome, generation, event)
        }
        try await log(outcome: "begun", generation: keyring.generation + 1)
        let change: RootKeyChange
        do throws(RootKeyChangeFailure) {
            change = try await sealKeyring(by: new, storage: storage, note: note).get()
        } catch {
            if error.isUnknown { throw unknownOutcome() }
            try await log(outcome: "failed", generation: keyring.generation)
            throw VaultError(refused: error.error)
        }
        // The keyring is another: what the ledger or the note can't be told now, the next start tells them.
        try await log(
            outcome: nil, generation: change.generation,
            event: .keyringChanged(generation: change.generation))
        configuration.onRootKeyStep(.noteGeneration)
        if await settle(change.source, in: note) != nil { throw unknownOutcome() }
        configuration.onRootKeyStep(.settleSource)
        return change
    }

    /// Nobody knows which keyring is on the disk: the process ends, and the next start reads what there is.
    private func unknownOutcome() -> VaultError {
        commits.fail(.outcomeUnknown)
        return VaultError(.outcomeUnknown)
    }

    private func log(
        _ caller: Caller, _ requestID: String, _ outcome: String?, _ generation: UInt64,
        _ event: LedgerEvent?
    ) async throws(VaultError) {
        var entry = AuditRecord(
            caller: caller, requestID: requestID, purpose: nil, operation: "change-root-key")
        entry.generation = generation
        if let outcome { entry.outcome = outcome }
        let commit = Commit(
            mutation: Mutation(
                audit: [entry.leaf(milliseconds: clock.nowMilliseconds)],
                needsLedger: event != nil),
            ledgerEvent: event)
        if case .failed(let error) = await commits.commit([commit])[0] { throw VaultError(error) }
    }
}

extension NewRootKey {
    fileprivate init(_ body: JSONValue) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        switch body["type"]?.text {
        case "key-file":
            try RecordDraft.refuseUnknown(members, allowed: ["type", "path"])
            guard let path = body["path"]?.text, path.utf8.count <= 4096 else {
                throw VaultError(.invalidValue, pointer: "/path", .required)
            }
            self = .keyFile(path: path)
        case "credential":
            try RecordDraft.refuseUnknown(members, allowed: ["type", "name"])
            guard let name = body["name"]?.text, RootKeyCredential.isName(name) else {
                throw VaultError(.invalidValue, pointer: "/name", .format)
            }
            self = .credential(name: name)
        default: throw VaultError(.invalidValue, pointer: "/type", .format)
        }
    }
}

extension VaultError {
    /// A source that can't be had: what is wrong, and what to do.
    fileprivate init(refused error: KeyError) {
        let isOurs = error.code == .notWritable || error.code == .cryptography
        let text =
            error.code == .alreadyThere
            ? "the key file is there already" : error.code.rawValue.replacing("_", with: " ")
        let hint = error.code == .alreadyThere ? "name another, or remove it" : error.hint
        self.init(
            isOurs ? .notReady : .invalidValue, detail: hint.map { "\(text); \($0)" } ?? text)
    }
}
