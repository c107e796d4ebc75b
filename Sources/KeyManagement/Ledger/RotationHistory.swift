/// What a ledger says of rotations: the last one, and the erasures that none has settled yet.
public struct RotationHistory: Sendable, Equatable {
    /// A rotation that is in its middle state, or final but for its certificates.
    public struct Begun: Sendable, Equatable {
        /// The epoch that it leads to.
        public let epoch: UInt64
        /// The keyring's generation in the middle state.
        public let generation: UInt64
        /// The last ledger entry that it settles.
        public let cutoff: UInt64
        /// What it makes anew.
        public let kind: RotationKind
    }

    /// The rotation that has begun and is not final.
    public private(set) var begun: Begun?
    /// When the last rotation became final, in Unix milliseconds.
    public private(set) var finalAtMilliseconds: Int64?
    /// The latest generation of the keyring that the ledger knows: an older keyring is not the vault's.
    public private(set) var generation: UInt64 = 0
    /// The latest epoch that the ledger knows.
    public private(set) var epoch: UInt64 = 1
    /// Erasures that are not settled by a final rotation, in their order.
    public private(set) var waiting: [LedgerEntry] = []

    init() {}

    /// What entries say.
    public init(_ entries: [LedgerEntry]) {
        for entry in entries { note(entry) }
    }

    /// Of the erasures that wait, those that the rotation which has begun settles.
    public var settledByBegun: [LedgerEntry] {
        guard let begun else { return [] }
        return waiting.filter { $0.number <= begun.cutoff }
    }

    mutating func note(_ entry: LedgerEntry) {
        switch entry.event {
        case .erasure: waiting.append(entry)
        case .rotationBegun(let epoch, let generation, let cutoff, let kind):
            begun = Begun(epoch: epoch, generation: generation, cutoff: cutoff, kind: kind)
            self.epoch = max(self.epoch, epoch)
            self.generation = max(self.generation, generation)
        case .rotationFinal(let epoch, let generation, let cutoff):
            begun = nil
            finalAtMilliseconds = entry.milliseconds
            self.epoch = max(self.epoch, epoch)
            self.generation = max(self.generation, generation)
            waiting.removeAll { $0.number <= cutoff }
        case .keyringChanged(let generation): self.generation = max(self.generation, generation)
        default: break
        }
    }
}
