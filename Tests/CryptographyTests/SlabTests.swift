import Testing

@testable import Cryptography

@Suite struct SlabTests {
    private let chunkBytes = Slab.chunkBytes

    private func memory(chunks: Int) throws -> SecretMemory {
        #expect(Sodium.isInitialised)
        let memory = SecretMemory()
        try memory.start(lockedMemory: .require, limitBytes: chunks * chunkBytes)
        return memory
    }

    @Test func nothingIsHandedOutBeforeTheStart() {
        #expect(failure { try SecretMemory().allocate(count: 32) } == .notStarted)
    }

    @Test func startsSmallAndLocked() throws {
        let statistics = try memory(chunks: 4).statistics
        #expect(statistics.bytesReserved == chunkBytes)
        #expect(statistics.bytesLocked == chunkBytes)
        #expect(statistics.limitBytes == 4 * chunkBytes)
        #expect(statistics.slotsInUse == 0)
    }

    @Test func classesAreTheSmallestThatFit() {
        let expected = [(0, 32), (1, 32), (32, 32), (33, 64), (64, 64), (65, 128), (384, 512)]
        for (count, bytes) in expected + [(8_193, 16_384), (16_384, 16_384)] {
            #expect(SizeClass(holding: count)?.bytes == bytes, "count \(count)")
        }
        #expect(SizeClass(holding: 16_385) == nil)
        #expect(SizeClass(holding: -1) == nil)
    }

    @Test(arguments: [1, 32, 100, 512, 4_096, 16_384])
    func slotsAreWipedOnRelease(count: Int) throws {
        let memory = try memory(chunks: 1)
        let slot = try memory.allocate(count: count)
        let bytes = UnsafeMutableRawBufferPointer(start: slot.base, count: slot.capacity)
        #expect(bytes.allSatisfy { $0 == 0 }, "handed out zeroed")
        for index in bytes.indices { bytes[index] = 0xA5 }
        #expect(bytes.allSatisfy { $0 == 0xA5 }, "the check sees what is not wiped")
        memory.release(slot)
        #expect(bytes.allSatisfy { $0 == 0 })
        #expect(memory.statistics.slotsInUse == 0)
        #expect(memory.statistics.bytesInUse == 0)
    }

    @Test func slotsAreAlignedAndApart() throws {
        let memory = try memory(chunks: 2)
        var ranges: [Range<Int>] = []
        for count in [32, 64, 384, 512, 40, 2_000, 16_000, 32, 33] {
            let slot = try memory.allocate(count: count)
            let start = Int(bitPattern: slot.base)
            #expect(start % slot.capacity == 0 || start % 4_096 == 0)
            ranges.append(start..<start + slot.capacity)
        }
        for (index, range) in ranges.enumerated() {
            #expect(ranges[..<index].allSatisfy { !$0.overlaps(range) })
        }
    }

    @Test(arguments: [32, 512, 16_384])
    func exhaustionIsAnErrorAndPasses(bytes: Int) throws {
        let memory = try memory(chunks: 2)
        var slots: [SecretSlot] = []
        for _ in 0..<2 * chunkBytes / bytes { slots.append(try memory.allocate(count: bytes)) }
        #expect(memory.statistics.bytesReserved == 2 * chunkBytes)
        #expect(failure { try memory.allocate(count: bytes) } == .secretMemoryExhausted)
        memory.release(slots.removeLast())
        slots.append(try memory.allocate(count: bytes))
        for slot in slots { memory.release(slot) }
        #expect(memory.statistics.bytesInUse == 0)
    }

    @Test func memoryOfOneSizeServesAnother() throws {
        let memory = try memory(chunks: 1)
        for bytes in [32, 16_384, 64, 1_024, 32, 8_192] {
            var slots: [SecretSlot] = []
            for _ in 0..<chunkBytes / bytes { slots.append(try memory.allocate(count: bytes)) }
            #expect(Set(slots.map(\.base)).count == chunkBytes / bytes)
            for slot in slots.shuffled() { memory.release(slot) }
        }
        #expect(memory.statistics.bytesReserved == chunkBytes)
    }

    @Test func laterStartsAreHarmlessAndKeepTheLimit() throws {
        let memory = try memory(chunks: 1)
        try memory.start(lockedMemory: .permitUnlocked, limitBytes: 64 * chunkBytes)
        #expect(memory.statistics.limitBytes == chunkBytes)
    }
}
