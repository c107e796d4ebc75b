import Cryptography
import Storage
import Testing

@testable import KeyManagement

@Suite struct SegmentKeyTests {
    @Test func wrappedKeyOpensToTheSameKey() throws {
        let fixture = try KeyFixture()
        let (key, stored) = try SegmentKey.make(SegmentID(3), keyring: fixture.keyring)
        let opened = try SegmentKey.open(stored, keyring: fixture.keyring)
        let isSame = opened.bytes.constantTimeEquals(key.bytes)
        #expect(isSame)
        let other = try SegmentKey.make(SegmentID(3), keyring: fixture.keyring).key
        let isOther = !other.bytes.constantTimeEquals(key.bytes)
        #expect(isOther)
    }

    @Test func everyFlippedBitIsRefused() throws {
        let fixture = try KeyFixture()
        let stored = try SegmentKey.make(SegmentID(3), keyring: fixture.keyring).stored
        for (offset, flipped) in bitFlips(stored.wrapped) {
            var damaged = stored
            damaged.wrapped = flipped
            expectDamaged(damaged, fixture.keyring, "byte \(offset)")
        }
        for count in 0..<stored.wrapped.count {
            var cut = stored
            cut.wrapped = Array(stored.wrapped[..<count])
            expectDamaged(cut, fixture.keyring, "\(count) bytes")
        }
    }

    @Test func wrapsAreBoundToTheirPlace() throws {
        let fixture = try KeyFixture()
        let stored = try SegmentKey.make(SegmentID(3), keyring: fixture.keyring).stored
        var moved = stored
        moved.id = SegmentID(4)
        expectDamaged(moved, fixture.keyring, "segment")
        moved = stored
        moved.generation = 2
        expectDamaged(moved, fixture.keyring, "generation")
        moved = stored
        moved.epoch = 2
        expectDamaged(moved, fixture.keyring, "epoch")
        expectDamaged(stored, try KeyFixture().keyring, "keyring")
    }

    private func expectDamaged(_ stored: StoredSegment, _ keyring: Keyring, _ what: String) {
        do {
            _ = try SegmentKey.open(stored, keyring: keyring)
            Issue.record("opened: \(what)")
        } catch {
            #expect(error.code == .segmentKeyDamaged, "\(what)")
            #expect(error.place == "segment \(stored.id.number)", "\(what)")
        }
    }
}
