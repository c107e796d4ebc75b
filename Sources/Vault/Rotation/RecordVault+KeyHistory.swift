import Cryptography
import KeyManagement
import Storage
public import StrictJSON
import Verification

extension RecordVault {
    /// How the signing keys followed each other: each change signed by the keys before and after it.
    public func keyHistory(_ proof: Authorized<ReadKeys>) async throws(VaultError) -> JSONValue {
        try await keyHistory().history.json
    }

    /// Refuses a deep rotation that there is no room for in the key history: begun, it could not go on.
    func checkKeyHistoryHasRoom() async throws(VaultError) {
        guard try await keyHistory().history.hasRoom else {
            throw VaultError(
                .conflict,
                detail: "a vault takes \(KeyHistory.maximumChanges) deep rotations, and had them: "
                    + "nothing was changed")
        }
    }

    /// Says under the keys of before which keys follow them, before the new ones are all that is left.
    func publishNewKeys() async throws(RotationStop) {
        try enter(.publishNewKeys)
        let keyring = keyring
        guard let former = keyring.formerSigners else { return }
        try await changeKeyHistory { history throws(RotationStop) in
            guard history.changes.last?.to != keyring.signingKeys else { return false }
            let change: KeyChange
            do throws(JSONError) {
                change = try KeyChange(
                    vault: keyring.vault.description, epoch: keyring.kek.epoch,
                    at: Timestamp.text(seconds: clock.nowSeconds),
                    from: SigningKeys(
                        certificates: former.certificates.publicKey, log: former.log.publicKey,
                        backups: former.backups.publicKey),
                    to: keyring.signingKeys, old: former.certificates.sign,
                    oldLog: former.log.sign, new: keyring.certificateKey.sign)
            } catch {
                throw .failed(VaultError(.internal))
            }
            guard history.append(change) else {
                throw .failed(VaultError(.damaged, detail: "key history"))
            }
            return true
        }
    }

    /// Signs that nothing is left under the keys before a deep rotation, which is final.
    func stateEndOfOldKeys() async throws(RotationStop) {
        try enter(.stateEndOfOldKeys)
        let keyring = keyring
        let counts = try await reading { () throws(StoreError) in try await store.counts() }
        let head = log.head
        try await changeKeyHistory { history throws(RotationStop) in
            guard let last = history.changes.last, last.statement == nil,
                last.to == keyring.signingKeys
            else { return false }
            let members = [
                JSONMember("format", .string(KeyChange.statementFormat)),
                JSONMember("vault", .string(keyring.vault.description)),
                JSONMember("epoch", .number(String(keyring.kek.epoch))),
                JSONMember("keyringGeneration", .number(String(keyring.generation))),
                JSONMember("at", .string(Timestamp.text(seconds: clock.nowSeconds))),
                JSONMember("leftUnderOldKeys", .number("0")),
                JSONMember("records", .number(String(counts.records))),
                JSONMember("segments", .number(String(counts.segments))),
                JSONMember("tombstones", .number(String(counts.tombstones))),
                JSONMember("ledgerEntries", .number(String(ledger.lastNumber))),
                JSONMember("logSize", .number(String(head.size))),
                JSONMember("logRoot", .string(Base64.encode(head.root.bytes))),
                JSONMember("storage", .string(keyringStrength.rawValue)),
            ]
            guard
                let statement = try? KeyChange.statement(
                    members, by: keyring.certificateKey.publicKey, sign: keyring.certificateKey.sign
                ),
                history.complete(statement)
            else { throw .failed(VaultError(.internal)) }
            return true
        }
    }

    func keyHistory() async throws(VaultError) -> (history: KeyHistory, version: UInt64) {
        try KeyHistoryState.read(
            try await stored { () throws(StoreError) in
                try await store.state(KeyHistoryState.name)
            })
    }

    /// - Parameter change: Whether there is anything to write.
    private func changeKeyHistory(
        _ change: (inout KeyHistory) throws(RotationStop) -> Bool
    ) async throws(RotationStop) {
        var (history, version): (KeyHistory, UInt64)
        do throws(VaultError) {
            (history, version) = try await keyHistory()
        } catch {
            throw .failed(error)
        }
        if try change(&history) {
            let entry = rotationEntry("key-history")
            let result = try await commitRotation(
                Commit(
                    mutation: Mutation(
                        expectations: [.stateVersion(name: KeyHistoryState.name, version)],
                        writes: [.putState(KeyHistoryState.state(history, version: version + 1))],
                        audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]),
                    keys: keyUse, hasOwnGroup: true))
            guard case .committed = result else { throw .failed(VaultError(.conflict)) }
        }
        guard let storage = configuration.keyStorage, !history.changes.isEmpty else { return }
        let unreachable = try keys { () throws(KeyError) in
            try storage.writeHistory(history.json.encoded())
        }
        guard unreachable.isEmpty else { throw .waiting(unreachable) }
    }
}
