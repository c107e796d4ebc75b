/// The steps of a rotation, in their order; tools/model/rotation.pml has them by the same names.
public enum RotationStep: String, Sendable, CaseIterable {
    /// {old, new, cutoff}: keyring and escrow with both KEKs, on every replica, then here, read back.
    case writeMiddleKeyring
    /// Of a deep rotation: the old signing keys say which ones follow them.
    case publishNewKeys
    /// Dirty segments get new keys, and their boxes are sealed under them.
    case rekeySegments
    /// Of a deep rotation: every segment and every record gets new keys, and stands in the new index.
    case resealRecords
    /// The vault-level box gets new keys, and what lives under it is sealed anew; idempotency rows go.
    case renewVaultBox
    /// Of a deep rotation: tombstones are authenticated by the new control key.
    case renewTombstones
    /// Of a deep rotation: the ledger is authenticated by the new key, here and on every replica.
    case rewriteLedger
    /// Of a deep rotation: the keyring is sealed by a new root key.
    case renewRootKey
    /// If anything was removed since the index key was made: the index is filled anew under a new one.
    case rebuildIndex
    /// All segment keys are wrapped under the new KEK.
    case rewrapSegments
    /// A new keys part on every destination of backups, opened; in a deep rotation both parts, whole.
    case writeKeysPart
    /// {new} alone, on every replica, then here, read back: final.
    case writeFinalKeyring
    /// Of a deep rotation: the new keys say that nothing is left under the old ones.
    case stateEndOfOldKeys
    /// The certificates of the erasures that it settles are signed and logged.
    case certifyFinality
    /// What is left of the old index is emptied.
    case clearOldIndex
}

/// How far a rotation is, and what the last one came to.
public struct RotationProgress: Sendable {
    /// What became of the last one.
    public enum Outcome: Sendable, Equatable {
        /// It is final.
        case final
        /// It waits for what is out of reach; the vault serves meanwhile.
        case waiting(for: [String])
        /// It stopped, with a code; it goes on with the next request, or at the next start.
        case stopped(code: String)
    }

    /// What is being done; `nil` while nothing is.
    public internal(set) var step: RotationStep?
    /// Of the step.
    public internal(set) var done = 0
    /// Of the step; 0 where it can't be told.
    public internal(set) var total = 0
    /// When the step began, in Unix milliseconds, and how much was done then.
    var stepBegan: (milliseconds: Int64, done: Int) = (0, 0)
    /// When it began or was resumed, in Unix milliseconds.
    public internal(set) var startedAtMilliseconds: Int64 = 0
    /// How the last one ended; `nil` before the first since the start.
    public internal(set) var outcome: Outcome?

    /// Nothing yet.
    public init() {}

    /// How long the step will take yet at the pace that it has had; `nil` where that can't be told.
    func secondsLeft(atMilliseconds now: Int64) -> Int64? {
        let (sinceBegin, doneSince) = (now - stepBegan.milliseconds, done - stepBegan.done)
        guard step != nil, total > done, doneSince > 0, sinceBegin > 0 else { return nil }
        return (Int64(total - done) * sinceBegin / Int64(doneSince) + 999) / 1000
    }
}

/// Why a rotation doesn't go on.
enum RotationStop: Error {
    /// These are out of reach.
    case waiting([String])
    case failed(VaultError)
    /// The vault shuts down.
    case cancelled
}
