public import Storage

/// Makes the entries of an index from the key boxes, in the order of tags.
///
/// Index values never leave guarded memory: the tag of the first occurrence stands for one. Entries come in
/// parts, by the first bits of that tag, so that memory is bounded however many there are; each part needs
/// all boxes.
public struct IndexFiller: Sendable {
    private let key: IndexKey
    private let vault: VaultID
    private let part: UInt64
    private let partShift: UInt64
    private var counts = TagCounts()
    private var entries: [IndexFilling] = []

    /// Begins a part.
    ///
    /// - Parameters:
    ///   - part: From 0.
    ///   - partBits: There are 2 to this power parts.
    public init(key: IndexKey, vault: VaultID, part: Int, partBits: Int) {
        self.key = key
        self.vault = vault
        self.part = UInt64(part)
        partShift = UInt64(64 - partBits)
    }

    /// How many entries there are so far.
    public var count: Int { entries.count }

    /// Adds what a box says.
    ///
    /// - Throws: ``KeyError/Code/keyBoxDamaged``.
    public mutating func add(_ box: StoredBox, key segmentKey: SegmentKey) throws(KeyError) {
        let place = KeyBox.Place(
            vault: vault, record: box.id, segment: box.segment, generation: box.generation)
        try KeyBox.withIndexValues(of: box.box, at: place, key: segmentKey) { value in
            let first = key.tag(of: value, occurrence: 0)
            guard partShift == 64 || first >> partShift == part else { return }
            let occurrence = counts.next(first)
            let tag = occurrence == 0 ? first : key.tag(of: value, occurrence: occurrence)
            entries.append(IndexFilling(tag: tag, place: box.place))
        }
    }

    /// The entries of the part, sorted.
    public consuming func sorted() -> [IndexFilling] {
        counts = TagCounts()
        entries.sort { $0.tag < $1.tag }
        return entries
    }
}

/// How often each tag came; open addressing, twelve bytes an entry.
private struct TagCounts: Sendable {
    private var tags: [UInt64] = [UInt64](repeating: 0, count: 1024)
    private var counts: [UInt32] = [UInt32](repeating: 0, count: 1024)
    private var used = 0

    /// How often a tag came before.
    mutating func next(_ tag: UInt64) -> UInt32 {
        if used * 10 >= tags.count * 7 { grow() }
        let slot = slot(of: tag)
        if counts[slot] == 0 {
            tags[slot] = tag
            used += 1
        }
        counts[slot] += 1
        return counts[slot] - 1
    }

    private func slot(of tag: UInt64) -> Int {
        let mask = tags.count - 1
        // The first bits are those of the part.
        var slot = Int(truncatingIfNeeded: tag) & mask
        while counts[slot] != 0, tags[slot] != tag { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldTags, oldCounts) = (tags, counts)
        tags = [UInt64](repeating: 0, count: oldTags.count * 2)
        counts = [UInt32](repeating: 0, count: oldTags.count * 2)
        for (tag, count) in zip(oldTags, oldCounts) where count != 0 {
            let slot = slot(of: tag)
            tags[slot] = tag
            counts[slot] = count
        }
    }
}
