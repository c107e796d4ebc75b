import Storage

/// Which keys a commit must have been prepared with; for whoever commits, one at a time.
final class KeysInForce: @unchecked Sendable {
    private var version: UInt64 = 0
    private var generations: [SegmentID: UInt64] = [:]

    /// Puts the keys of a new version of ``LiveKeys`` in force.
    func adopt(version: UInt64) { self.version = version }

    /// A segment has a new key.
    func adopt(_ segment: StoredSegment) { generations[segment.id] = segment.generation }

    /// Whether what was prepared with these keys may be committed.
    func allow(_ use: KeyUse) -> Bool {
        guard use.version == version else { return false }
        guard let segment = use.segment, let generation = generations[segment.id] else {
            return true
        }
        return segment.generation == generation
    }
}
