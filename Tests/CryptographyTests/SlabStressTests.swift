import Testing

@testable import Cryptography

@Suite struct SlabStressTests {
    /// Tasks fill their slots with a mark of their own: a slot with two owners would show.
    @Test func slotsHaveOneOwnerAcrossThreads() async throws {
        #expect(Sodium.isInitialised)
        let memory = SecretMemory()
        try memory.start(lockedMemory: .require, limitBytes: 4 * Slab.chunkBytes)
        let seed = UInt64.random(in: .min ... .max)
        print("slotsHaveOneOwnerAcrossThreads: seed \(seed)")
        let spoiled = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    try spoiledSlots(in: memory, mark: UInt8(task + 1), seed: seed &+ UInt64(task))
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(spoiled == 0)
        #expect(memory.statistics.slotsInUse == 0)
    }

    @Test func aSlotWithTwoOwnersWouldShow() throws {
        let memory = SecretMemory()
        #expect(Sodium.isInitialised)
        try memory.start(lockedMemory: .require, limitBytes: Slab.chunkBytes)
        let slot = try memory.allocate(count: 64)
        fill(slot, with: 1)
        fill(slot, with: 2)
        #expect(!holds(slot, only: 1))
        memory.release(slot)
    }

    private func spoiledSlots(in memory: SecretMemory, mark: UInt8, seed: UInt64) throws -> Int {
        var random = SplitMix64(state: seed)
        var held: [SecretSlot] = []
        var spoiled = 0
        for _ in 0..<20_000 {
            if held.count < 16, random.next() % 2 == 0 {
                let slot = try memory.allocate(count: Int(random.next() % 2_048))
                spoiled += holds(slot, only: 0) ? 0 : 1
                fill(slot, with: mark)
                held.append(slot)
            } else if !held.isEmpty {
                let slot = held.remove(at: Int(random.next() % UInt64(held.count)))
                spoiled += holds(slot, only: mark) ? 0 : 1
                memory.release(slot)
            }
        }
        for slot in held { memory.release(slot) }
        return spoiled
    }

    private func fill(_ slot: SecretSlot, with mark: UInt8) {
        UnsafeMutableRawBufferPointer(start: slot.base, count: slot.capacity)
            .initializeMemory(as: UInt8.self, repeating: mark)
    }

    private func holds(_ slot: SecretSlot, only mark: UInt8) -> Bool {
        let words = UnsafeRawBufferPointer(start: slot.base, count: slot.capacity)
            .bindMemory(to: UInt64.self)
        let expected = UInt64(mark) &* 0x0101_0101_0101_0101
        return words.allSatisfy { $0 == expected }
    }
}

/// A small seeded generator (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
