import Cryptography
import KeyManagement
import Storage

/// The access policy as it lies sealed in the store, and the ledger's word on its version.
enum PolicyState {
    static let name = "policy"
    private static let maximumBytes = 4 << 20

    /// The commit that puts a policy in the place of the one before it.
    static func commit(
        _ policy: AccessPolicy, vaultBox: VaultBox, audit: LogLeaf?,
        authorisedUnder version: UInt64?, effect: @escaping @Sendable () -> Void
    ) throws(VaultError) -> Commit {
        // What the next start could not read must never be put in force.
        let document = policy.encoded()
        guard document.count <= maximumBytes, AccessPolicy(decoding: document) == policy else {
            throw VaultError(.conflict, detail: "the access policy has grown too large")
        }
        do throws(KeyError) {
            let sealed = try vaultBox.seal(
                document, name: name, label: .policy, version: policy.version)
            return Commit(
                mutation: Mutation(
                    expectations: [.stateVersion(name: name, policy.version - 1)],
                    writes: [.putState(sealed)], audit: audit.map { [$0] } ?? [],
                    needsLedger: true),
                policyVersion: version,
                ledgerEvent: .policy(
                    version: policy.version, digest: SHA256.hash(sealed.sealed).bytes),
                hasOwnGroup: true, effect: effect)
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
        let policy = try open(stored, vaultBox: vaultBox)
        switch try standing(of: policy, stored: stored, in: entries) {
        case .marked: break
        case .unmarked:
            try ledger.append(
                [.policyCommitted(version: policy.version)], milliseconds: nowMilliseconds)
        case .beforeIntent(let version):
            try ledger.append([.policyAborted(version: version)], milliseconds: nowMilliseconds)
        }
        return policy
    }

    /// How a stored policy stands to the ledger.
    enum Standing {
        /// It is the last one, and the ledger knows that it was committed.
        case marked
        /// It is the last one announced; the mark that it was committed is missing.
        case unmarked
        /// The next one was announced, and not committed.
        case beforeIntent(version: UInt64)
    }

    /// A policy that is older than the ledger's comes back under a version of its own; what it grants is
    /// suspended until an admin has looked at it, since grants may have been taken away meanwhile.
    ///
    /// - Returns: Whether it was older.
    static func suspendOlder(
        in store: any VaultStore, vaultBox: VaultBox, ledger: Ledger, entries: [LedgerEntry],
        clock: any WallClock
    ) async throws -> Bool {
        guard let stored = try await store.state(name) else { throw OpeningError(.policyMissing) }
        let policy = try open(stored, vaultBox: vaultBox)
        do throws(OpeningError) {
            _ = try standing(of: policy, stored: stored, in: entries)
            return false
        } catch {
            // A ledger that knows less than the database may lack erasures too.
            guard error.code == .databaseOlder else { throw error }
        }
        let suspended = policy.suspended(version: entries.lastPolicyVersion + 1)
        let sealed = try vaultBox.seal(
            suspended.encoded(), name: name, label: .policy, version: suspended.version)
        let now = clock.nowMilliseconds
        try ledger.append(
            [.policy(version: suspended.version, digest: SHA256.hash(sealed.sealed).bytes)],
            milliseconds: now)
        let outcomes = try await store.commit(
            [Mutation(writes: [.putState(sealed)])], durability: .power
        ) { _ throws(StoreError) in }
        guard outcomes == [.committed] else { throw StoreError.notWritable }
        try ledger.append([.policyCommitted(version: suspended.version)], milliseconds: now)
        return true
    }

    static func open(_ stored: StoredState, vaultBox: VaultBox) throws -> AccessPolicy {
        let document = try vaultBox.open(stored, label: .policy)
        guard let policy = AccessPolicy(decoding: document), policy.version == stored.version else {
            throw OpeningError(.policyDamaged)
        }
        return policy
    }

    /// - Throws: ``OpeningError`` when the policy is not the ledger's.
    static func standing(
        of policy: AccessPolicy, stored: StoredState, in entries: [LedgerEntry]
    ) throws(OpeningError) -> Standing {
        guard let announced = lastAnnounced(in: entries) else { throw OpeningError(.ledgerOlder) }
        if announced.version == policy.version {
            guard announced.digest == SHA256.hash(stored.sealed).bytes else {
                throw OpeningError(.policyDamaged)
            }
            return announced.isCommitted ? .marked : .unmarked
        }
        guard announced.version > policy.version else { throw OpeningError(.ledgerOlder) }
        guard announced.version == policy.version + 1, !announced.isCommitted else {
            throw OpeningError(.databaseOlder)
        }
        return .beforeIntent(version: announced.version)
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
