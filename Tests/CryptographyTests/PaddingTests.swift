import Testing

@testable import Cryptography

@Suite struct PaddingTests {
    private let values = [
        32, 64, 96, 128, 192, 256, 384, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096, 6_144,
    ]

    @Test func lengthsCollapseToTheSchedule() {
        let ofValues = Set((0...5_000).map { Padding.values.paddedCount(for: $0) })
        #expect(ofValues.sorted() == values)
        let ofKeyBoxes = Set((0...5_000).map { Padding.keyBoxes.paddedCount(for: $0) })
        #expect(ofKeyBoxes.sorted() == values.filter { $0 >= 256 })
    }

    @Test(arguments: [Padding.values, .keyBoxes])
    func roundTrips(padding: Padding) throws {
        for count in 0...5_000 {
            let original = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var bytes = original
            try padding.pad(&bytes)
            #expect(bytes.count == padding.paddedCount(for: count))
            #expect(bytes.count > count)
            try padding.unpad(&bytes)
            #expect(bytes == original)
        }
    }

    @Test func secretsRoundTrip() throws {
        for count in [0, 31, 32, 33, 255, 256, 1_000, 5_000] {
            let original = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var value = try secret(original)
            try Padding.keyBoxes.pad(&value)
            #expect(value.count == Padding.keyBoxes.paddedCount(for: count))
            try Padding.keyBoxes.unpad(&value)
            #expect(exposed(value) == original)
        }
        let refused = failure { () throws in
            var value = try secret([UInt8](repeating: 1, count: 16_384))
            try Padding.values.pad(&value)
        }
        #expect(refused == .inputTooLarge)
    }

    @Test func theEndOfAnArrayPadsAlone() throws {
        var bytes: [UInt8] = [1, 2, 3, 4]
        try Padding.values.pad(&bytes, from: 2)
        #expect(bytes.count == 2 + 32)
        try Padding.values.unpad(&bytes, from: 2)
        #expect(bytes == [1, 2, 3, 4])
    }

    @Test func whatPaddingDidNotMakeIsRefused() throws {
        var padded: [UInt8] = [1, 2, 3]
        try Padding.values.pad(&padded)
        #expect(unpadding(padded) == nil)
        #expect(unpadding(padded + [0]) == .authenticationFailed, "no length of the schedule")
        #expect(unpadding([]) == .authenticationFailed)
        #expect(unpadding([UInt8](repeating: 0, count: 32)) == .authenticationFailed, "no mark")
        padded[31] = 1
        #expect(unpadding(padded) == .authenticationFailed, "no zeros behind the mark")
        let early = [0x80] + [UInt8](repeating: 0, count: 63)
        #expect(unpadding(early) == .authenticationFailed, "longer than padding makes it")
        #expect(unpadding([0x80] + [UInt8](repeating: 0, count: 31)) == nil)
    }

    private func unpadding(_ bytes: [UInt8]) -> CryptographyError? {
        var bytes = bytes
        return failure { try Padding.values.unpad(&bytes) }
    }
}
