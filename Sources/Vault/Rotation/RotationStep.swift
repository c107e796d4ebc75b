/// The steps of a rotation, in their order; tools/model/rotation.pml and, those of a deep one, tools/model/deep.pml have
/// them by the same names.
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
        /// It stopped, with a code and what that is about; it goes on with the next request, or at the next start.
        case stopped(code: String, detail: String?)
    }

    /// How long a step took.
    public struct Duration: Sendable, Equatable {
        /// The step.
        public let step: RotationStep
        /// From its beginning to that of the next, or to the end.
        public let microseconds: UInt64
    }

    /// What is being done; `nil` while nothing is.
    public private(set) var step: RotationStep?
    /// The steps that are behind, in their order.
    public private(set) var durations: [Duration] = []
    /// Of the step.
    public internal(set) var done = 0
    /// Of the step; 0 where it can't be told.
    public internal(set) var total = 0
    /// When the step began, on a clock that is never set back, and how much was done then.
    private var stepBegan: (nanoseconds: UInt64, done: Int) = (0, 0)
    /// When it began or was resumed, in Unix milliseconds.
    public internal(set) var startedAtMilliseconds: Int64 = 0
    /// How the last one ended; `nil` before the first since the start.
    public private(set) var outcome: Outcome?

    /// Nothing yet.
    public init() {}

    /// A step begins, and the one before it is behind; or a step that runs counts anew.
    ///
    /// - Parameters:
    ///   - done: How much of it is done already.
    ///   - now: On a clock that is never set back.
    mutating func begin(
        _ step: RotationStep, done: Int = 0, total: Int, atNanoseconds now: UInt64
    ) {
        if self.step != step {
            endStep(atNanoseconds: now)
            self.step = step
            stepBegan = (now, done)
        }
        self.done = done
        self.total = total
    }

    /// How long the step will take yet at the pace that it has had; `nil` where that can't be told.
    ///
    /// - Parameter now: On the clock of ``begin(_:done:total:atNanoseconds:)``.
    func secondsLeft(atNanoseconds now: UInt64) -> UInt64? {
        let doneSince = done - stepBegan.done
        guard step != nil, total > done, doneSince > 0, now > stepBegan.nanoseconds else {
            return nil
        }
        let perItem = Double(now - stepBegan.nanoseconds) / Double(doneSince)
        return UInt64((Double(total - done) * perItem / 1e9).rounded(.up))
    }

    /// It is final, or can't go on.
    mutating func end(_ outcome: Outcome, atNanoseconds now: UInt64) {
        endStep(atNanoseconds: now)
        self.outcome = outcome
    }

    private mutating func endStep(atNanoseconds now: UInt64) {
        guard let step else { return }
        durations.append(Duration(step: step, microseconds: (now - stepBegan.nanoseconds) / 1000))
        self.step = nil
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
