import Testing

@testable import KeyManagement

@Suite struct TombstoneTests {
    @Test func tombstoneTellsItsTime() throws {
        let fixture = try KeyFixture()
        let control = fixture.keyring.controlKey
        let body = try control.tombstone(
            of: sampleRecord(1), erasedAtMilliseconds: 123, vault: fixture.vault)
        func time(_ body: [UInt8], of number: UInt64 = 1) throws -> Int64? {
            try control.erasedAtMilliseconds(
                tombstone: body, of: sampleRecord(number), vault: fixture.vault)
        }
        #expect(try time(body) == 123)
        #expect(try time(body, of: 2) == nil)
        #expect(try time(Array(body.dropLast())) == nil)
        #expect(try time(body + [0]) == nil)
        for (offset, flipped) in bitFlips(body) {
            #expect(try time(flipped) == nil, "byte \(offset)")
        }
        let other = try KeyFixture().keyring.controlKey
        #expect(
            try other.erasedAtMilliseconds(
                tombstone: body, of: sampleRecord(1), vault: fixture.vault) == nil)
        #expect(
            try control.erasedAtMilliseconds(
                tombstone: body, of: sampleRecord(1), vault: sampleVault(2)) == nil)
    }
}
