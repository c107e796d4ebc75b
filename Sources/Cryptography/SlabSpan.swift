/// A 16 KiB stretch of a chunk, cut into slots of one size. Its bookkeeping lies outside secret
/// memory, so that a stray write into a slot can't redirect a later allocation.
struct SlabSpan {
    static let bytes = SizeClass.largestBytes
    static let none: Int32 = -1

    let base: UnsafeMutableRawPointer
    private(set) var sizeClass: SizeClass
    private(set) var freeCount: Int
    /// Neighbours in the list that the span is in.
    var next = Self.none
    var previous = Self.none
    /// One bit for each slot, set while it is free.
    private var free = InlineArray<8, UInt64>(repeating: 0)

    init(base: UnsafeMutableRawPointer, sizeClass: SizeClass) {
        self.base = base
        self.sizeClass = sizeClass
        freeCount = 0
        cut(into: sizeClass)
    }

    var slotCount: Int { Self.bytes / sizeClass.bytes }
    var isEmpty: Bool { freeCount == slotCount }

    /// Makes all slots free and of another size; only for a span without live slots.
    mutating func cut(into sizeClass: SizeClass) {
        self.sizeClass = sizeClass
        freeCount = slotCount
        for word in 0..<8 {
            let slots = min(max(slotCount - word * 64, 0), 64)
            free[word] = slots == 64 ? .max : (1 << UInt64(slots)) - 1
        }
    }

    /// Takes a free slot; only while there is one.
    mutating func take() -> UnsafeMutableRawPointer {
        var word = 0
        while free[word] == 0 { word += 1 }
        let bit = free[word].trailingZeroBitCount
        free[word] &= ~(1 << UInt64(bit))
        freeCount -= 1
        return base + (word * 64 + bit) * sizeClass.bytes
    }

    mutating func put(_ slot: UnsafeMutableRawPointer) {
        let index = (slot - base) / sizeClass.bytes
        let bit: UInt64 = 1 << UInt64(index % 64)
        precondition(free[index / 64] & bit == 0, "a secret's slot was released twice")
        free[index / 64] |= bit
        freeCount += 1
    }
}
