import Cryptography
import KeyManagement
import Storage

extension RecordVault {
    /// The vault-level box gets new keys, and what lives under it is sealed anew; what was kept of requests
    /// with an idempotency key goes.
    func renewVaultBox() async throws(RotationStop) {
        try enter(.renewVaultBox)
        for _ in 0..<Self.maximumAttempts {
            let current = keys.current
            let stored = try await reading { () throws(StoreError) in
                (
                    box: try await store.state(VaultBox.stateName),
                    configuration: try await store.state(ConfigurationState.name),
                    index: try await store.state(IndexState.name),
                    clock: try await store.state(ClockDoubt.name)
                )
            }
            guard let box = stored.box, let configuration = stored.configuration else {
                throw .failed(VaultError(.damaged, detail: "sealed states"))
            }
            guard VaultBox.epoch(of: box) != current.keyring.kek.epoch else { return }
            let (renewed, sealed) = try keys { () throws(KeyError) in
                try VaultBox.make(keyring: current.keyring, version: box.version + 1)
            }
            let policy = authoriser.policy
            let next = try keys { () throws(KeyError) in
                try policy.rehashingTokens(keyring: current.keyring)
            }
            var commit = try policyCommit(next, under: renewed)
            commit.keys = KeyUse(version: current.number)
            commit.mutation.expectations.append(.stateVersion(name: box.name, box.version))
            commit.mutation.writes += [
                .putState(sealed), .dropReplays(expiredBeforeSeconds: .max),
            ]
            let others = [
                (ConfigurationState.name, configuration), (IndexState.name, stored.index),
                (ClockDoubt.name, stored.clock),
            ]
            for (name, state) in others {
                // One that is not there yet may come meanwhile, sealed under the box that goes.
                commit.mutation.expectations.append(.stateVersion(name: name, state?.version ?? 0))
                guard let state else { continue }
                commit.mutation.writes.append(
                    .putState(try reseal(state, from: current.vaultBox, to: renewed)))
            }
            try checkpoint(.renewVaultBox)
            if case .committed = try await commitRotation(commit) { return }
        }
        throw .failed(VaultError(.conflict, detail: "the access policy changes too often"))
    }

    private func policyCommit(
        _ next: AccessPolicy, under renewed: VaultBox
    ) throws(RotationStop) -> Commit {
        var entry = rotationEntry("policy")
        entry.generation = next.version
        do throws(VaultError) {
            return try PolicyState.commit(
                next, vaultBox: renewed, audit: entry.leaf(milliseconds: clock.nowMilliseconds),
                authorisedUnder: authoriser.policy.version
            ) { [self] in
                keys.adopt(renewed)
                commits.adopt(keysVersion: keys.current.number)
                authoriser.adopt(next)
                commits.adopt(policyVersion: next.version)
                // If this fails, the ledger takes nothing more and the next start writes it.
                try? ledger.append(
                    [.policyCommitted(version: next.version)],
                    milliseconds: clock.nowMilliseconds)
            }
        } catch {
            throw .failed(error)
        }
    }

    private func reseal(
        _ state: StoredState, from old: VaultBox, to new: VaultBox
    ) throws(RotationStop) -> StoredState {
        try keys { () throws(KeyError) in
            var document = try old.open(state, label: .configuration)
            defer { Wiping.wipe(&document) }
            return try new.seal(
                document, name: state.name, label: .configuration, version: state.version + 1)
        }
    }
}
