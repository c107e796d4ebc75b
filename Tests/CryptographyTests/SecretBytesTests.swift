import Testing

@testable import Cryptography

@Suite struct SecretBytesTests {
    @Test func startsZeroedOrRandom() throws {
        try startSodium()
        #expect(exposed(try SecretBytes(count: 40)) == [UInt8](repeating: 0, count: 40))
        let random = try SecretBytes(random: 32)
        let other = try SecretBytes(random: 32)
        #expect(exposed(random) != exposed(other))
        #expect(exposed(random) != [UInt8](repeating: 0, count: 32))
    }

    @Test func movingInZeroesTheSource() throws {
        try startSodium()
        var source: [UInt8] = [1, 2, 3]
        try source.withUnsafeMutableBytes { buffer in
            let moved = try SecretBytes(wiping: buffer)
            #expect(exposed(moved) == [1, 2, 3])
        }
        #expect(source == [0, 0, 0])

        source = [4, 5]
        #expect(exposed(try SecretBytes(wiping: &source)) == [4, 5])
        #expect(source.isEmpty)

        var large = [UInt8](repeating: 7, count: SecretBytes.maximumCount + 1)
        let refused = large.withUnsafeMutableBytes { buffer in
            failure { try SecretBytes(wiping: buffer) }
        }
        #expect(refused == .inputTooLarge)
        #expect(large.allSatisfy { $0 == 0 })
    }

    @Test func copiesAreApart() throws {
        var original = try secret([1, 2, 3, 4])
        let copy = try SecretBytes(copying: original)
        original.withUnsafeMutableBytes { $0[0] = 9 }
        #expect(exposed(copy) == [1, 2, 3, 4])
        #expect(exposed(try original.copy(1..<3)) == [2, 3])
        #expect(exposed(try original.copy(4..<4)) == [])
        #expect(failure { try original.copy(2..<5) } == .rangeOutOfBounds)
        #expect(failure { try original.copy(-1..<2) } == .rangeOutOfBounds)
    }

    @Test func equalityTakesLengthAndBytes() throws {
        let value = try secret([1, 2, 3])
        for (other, isEqual) in [
            ([1, 2, 3], true), ([1, 2, 4], false), ([0, 2, 3], false), ([1, 2], false),
            ([1, 2, 3, 0], false),
        ] as [([UInt8], Bool)] {
            let answer = value.constantTimeEquals(try secret(other))
            #expect(answer == isEqual, "\(other)")
        }
    }

    @Test func truncationWipesTheTail() throws {
        var value = try secret([1, 2, 3, 4])
        try value.truncate(to: 2)
        #expect(exposed(value) == [1, 2])
        let tail = UnsafeRawBufferPointer(start: value.base, count: 4)
        #expect([UInt8](tail) == [1, 2, 0, 0])
        let refused = failure { () throws in
            var value = try secret([1])
            try value.truncate(to: 2)
        }
        #expect(refused == .rangeOutOfBounds)
    }

    @Test func extensionMovesAndKeepsTheBytes() throws {
        var value = try secret([UInt8](repeating: 5, count: 32))
        try value.extend(to: 100)
        let zeros = [UInt8](repeating: 0, count: 68)
        #expect(exposed(value) == [UInt8](repeating: 5, count: 32) + zeros)
    }

    /// The largest class, which no other test of the shared memory uses at the same time.
    @Test func endOfScopeWipes() throws {
        try startSodium()
        let address = try {
            var value = try SecretBytes(count: SecretBytes.maximumCount)
            value.withUnsafeMutableBytes { for index in $0.indices { $0[index] = 0xA5 } }
            #expect(value.withUnsafeBytes { $0.allSatisfy { $0 == 0xA5 } })
            return UnsafeRawPointer(value.base)
        }()
        let left = UnsafeRawBufferPointer(start: address, count: SecretBytes.maximumCount)
        #expect(!left.contains(0xA5))
    }

    @Test func sizesBeyondTheLargestAreRefused() throws {
        try startSodium()
        #expect(failure { try SecretBytes(count: 16_385) } == .inputTooLarge)
        #expect(failure { try SecretBytes(count: -1) } == .inputTooLarge)
    }
}
