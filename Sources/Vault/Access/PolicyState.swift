import Cryptography
import KeyManagement
import Storage

/// The access policy as it lies sealed in the store, and the ledger's word on its version.
enum PolicyState {
    static let name = "policy"

    /// The commit that puts a policy in the place of the one before it.
    static func commit(
        _ policy: AccessPolicy, vaultBox: VaultBox, audit: [UInt8]?,
        authorisedUnder version: UInt64?, effect: @escaping @Sendable () -> Void
    ) throws(VaultError) -> Commit {
        do throws(KeyError) {
            let sealed = try vaultBox.seal(
                policy.encoded(), name: name, label: .policy, version: policy.version)
            return Commit(
                mutation: Mutation(
                    expectations: [.stateVersion(name: name, policy.version - 1)],
                    writes: [.putState(sealed)], audit: audit.map { [$0] } ?? [],
                    needsLedger: true),
                policyVersion: version,
                ledgerEvent: .policy(
                    version: policy.version, digest: SHA256.hash(sealed.sealed).bytes),
                isPolicyChange: true, effect: effect)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    /// The policy in force, checked against the ledger.
    ///
    /// - Throws: ``OpeningError`` when the store's policy is not the ledger's.
    static func load(
        from store: any VaultStore, vaultBox: VaultBox, ledger: Ledger, entries: [LedgerEntry],
        nowMilliseconds: Int64
    ) async throws -> AccessPolicy {
        guard let stored = try await store.state(name) else {
            throw OpeningError(.policyMissing)
        }
        let document = try vaultBox.open(stored, label: .policy)
        guard let policy = AccessPolicy(decoding: document), policy.version == stored.version else {
            throw OpeningError(.policyDamaged)
        }
        guard let announced = lastAnnounced(in: entries) else { throw OpeningError(.ledgerOlder) }
        if announced.version == stored.version {
            guard announced.digest == SHA256.hash(stored.sealed).bytes else {
                throw OpeningError(.policyDamaged)
            }
            if !announced.isCommitted {
                try ledger.append(
                    [.policyCommitted(version: announced.version)],
                    milliseconds: nowMilliseconds)
            }
            return policy
        }
        guard announced.version > stored.version else { throw OpeningError(.ledgerOlder) }
        guard announced.version == stored.version + 1, !announced.isCommitted else {
            throw OpeningError(.databaseOlder)
        }
        try ledger.append(
            [.policyAborted(version: announced.version)], milliseconds: nowMilliseconds)
        return policy
    }

    private static func lastAnnounced(
        in entries: [LedgerEntry]
    ) -> (version: UInt64, digest: [UInt8], isCommitted: Bool)? {
        var aborted: [UInt64: Int] = [:]
        var committed: Set<UInt64> = []
        for entry in entries.reversed() {
            switch entry.event {
            case .policyAborted(let version): aborted[version, default: 0] += 1
            case .policyCommitted(let version): committed.insert(version)
            case .policy(let version, let digest):
                if let count = aborted[version], count > 0 {
                    aborted[version] = count - 1
                    continue
                }
                return (version, digest, committed.contains(version))
            default: continue
            }
        }
        return nil
    }
}
