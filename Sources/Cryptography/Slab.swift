import CSodium

/// Chunks of `sodium_malloc`ed memory (guard pages around, canary before, locked), cut into spans
/// and those into slots. Grows by a chunk at a time up to its limit and gives nothing back.
struct Slab: ~Copyable {
    static let chunkBytes = 256 << 10

    private var lockedMemory = LockedMemoryPolicy.require
    private var limitBytes = 0
    private var chunks: [UnsafeMutableRawPointer] = []
    private var lockedChunkCount = 0
    private var slotsInUse = 0
    private var bytesInUse = 0

    private var spans: [SlabSpan] = []
    /// First span without live slots.
    private var emptyHead = SlabSpan.none
    /// For each size class, the first span that has a free slot.
    private var heads = InlineArray<10, Int32>(repeating: SlabSpan.none)

    deinit {
        for chunk in chunks { sodium_free(chunk) }
    }

    mutating func start(
        lockedMemory: LockedMemoryPolicy, limitBytes: Int
    ) throws(CryptographyError) {
        if chunks.isEmpty {
            self.lockedMemory = lockedMemory
            self.limitBytes = max(limitBytes / Self.chunkBytes, 1) * Self.chunkBytes
            try grow()
        } else if lockedMemory == .require {
            guard lockedChunkCount == chunks.count else { throw .memoryNotLocked }
            self.lockedMemory = .require
        }
    }

    mutating func allocate(_ sizeClass: SizeClass) throws(CryptographyError) -> SecretSlot {
        if heads[sizeClass.index] == SlabSpan.none { try assignSpan(to: sizeClass) }
        let span = heads[sizeClass.index]
        let base = spans[Int(span)].take()
        if spans[Int(span)].freeCount == 0 { unlink(span) }
        slotsInUse += 1
        bytesInUse += sizeClass.bytes
        return SecretSlot(base: base, span: span, sizeClass: sizeClass)
    }

    mutating func release(_ slot: SecretSlot) {
        spans[Int(slot.span)].put(slot.base)
        slotsInUse -= 1
        bytesInUse -= slot.capacity
        if spans[Int(slot.span)].freeCount == 1 { link(slot.span) }
        // The last span of a class stays, so that a lone secret coming and going is cheap.
        let isOnly =
            heads[slot.sizeClass.index] == slot.span
            && spans[Int(slot.span)].next == SlabSpan.none
        guard spans[Int(slot.span)].isEmpty, !isOnly else { return }
        unlink(slot.span)
        pushEmpty(slot.span)
    }

    var statistics: SecretMemoryStatistics {
        SecretMemoryStatistics(
            slotsInUse: slotsInUse,
            bytesInUse: bytesInUse,
            bytesReserved: chunks.count * Self.chunkBytes,
            bytesLocked: lockedChunkCount * Self.chunkBytes,
            limitBytes: limitBytes)
    }

    private mutating func assignSpan(to sizeClass: SizeClass) throws(CryptographyError) {
        if emptyHead == SlabSpan.none, !reclaimIdleSpan() { try grow() }
        let span = emptyHead
        emptyHead = spans[Int(span)].next
        spans[Int(span)].cut(into: sizeClass)
        link(span)
    }

    /// Frees a span that its class keeps for secrets to come. While no span is in the empty list,
    /// every span without live slots is in that of its class.
    private mutating func reclaimIdleSpan() -> Bool {
        guard let span = spans.firstIndex(where: \.isEmpty) else { return false }
        unlink(Int32(span))
        pushEmpty(Int32(span))
        return true
    }

    private mutating func grow() throws(CryptographyError) {
        guard limitBytes > 0 else { throw .notStarted }
        guard (chunks.count + 1) * Self.chunkBytes <= limitBytes else {
            throw .secretMemoryExhausted
        }
        guard let chunk = sodium_malloc(Self.chunkBytes) else { throw .secretMemoryExhausted }
        // sodium_malloc ignores a failing mlock; asking again tells.
        let isLocked = sodium_mlock(chunk, Self.chunkBytes) == 0
        guard isLocked || lockedMemory == .permitUnlocked else {
            sodium_free(chunk)
            throw .memoryNotLocked
        }
        sodium_memzero(chunk, Self.chunkBytes)
        chunks.append(chunk)
        lockedChunkCount += isLocked ? 1 : 0
        addSpans(of: chunk)
    }

    private mutating func addSpans(of chunk: UnsafeMutableRawPointer) {
        guard let largest = SizeClass(holding: SizeClass.largestBytes) else { return }
        for offset in stride(from: 0, to: Self.chunkBytes, by: SlabSpan.bytes).reversed() {
            spans.append(SlabSpan(base: chunk + offset, sizeClass: largest))
            pushEmpty(Int32(spans.count - 1))
        }
    }

    private mutating func pushEmpty(_ span: Int32) {
        spans[Int(span)].next = emptyHead
        spans[Int(span)].previous = SlabSpan.none
        emptyHead = span
    }

    /// Puts a span at the head of its class.
    private mutating func link(_ span: Int32) {
        let index = spans[Int(span)].sizeClass.index
        let next = heads[index]
        spans[Int(span)].next = next
        spans[Int(span)].previous = SlabSpan.none
        if next != SlabSpan.none { spans[Int(next)].previous = span }
        heads[index] = span
    }

    private mutating func unlink(_ span: Int32) {
        let next = spans[Int(span)].next
        let previous = spans[Int(span)].previous
        if next != SlabSpan.none { spans[Int(next)].previous = previous }
        if previous == SlabSpan.none {
            heads[spans[Int(span)].sizeClass.index] = next
        } else {
            spans[Int(previous)].next = next
        }
        spans[Int(span)].next = SlabSpan.none
        spans[Int(span)].previous = SlabSpan.none
    }
}
