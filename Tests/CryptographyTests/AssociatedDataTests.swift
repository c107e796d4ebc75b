import Cryptography
import Testing

@Suite struct AssociatedDataTests {
    @Test func partsAreLengthPrefixed() {
        var data = AssociatedData()
        data.append("ab")
        data.append([0xff])
        data.append(UInt64(0x0102))
        #expect(
            data.bytes == [2, 0, 0, 0, 0x61, 0x62, 1, 0, 0, 0, 0xff]
                + [8, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0])
    }

    @Test func partsCannotBeRegrouped() {
        #expect(bound(to: "ab", "c") != bound(to: "a", "bc"))
        #expect(bound(to: "abc") != bound(to: "ab", "c"))
        #expect(bound(to: "abc", "") != bound(to: "abc"))
        #expect(bound(to: "ab", "c") == bound(to: "ab", "c"))
    }

    @Test func rewindDropsWhatCameAfterTheMark() {
        var data = bound(to: "record")
        let mark = data.mark
        data.append("name")
        data.rewind(to: mark)
        data.append("phone")
        #expect(data == bound(to: "record", "phone"))
    }
}
