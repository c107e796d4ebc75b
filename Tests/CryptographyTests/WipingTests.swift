import Cryptography
import Testing

@Suite struct WipingTests {
    @Test func arraysAreZeroedAndEmptied() {
        var bytes = [UInt8](repeating: 0xA5, count: 4_096)
        let address = bytes.withUnsafeBytes { $0.baseAddress }
        Wiping.wipe(&bytes)
        #expect(bytes.isEmpty)
        bytes.append(contentsOf: repeatElement(1, count: 1))
        bytes.withUnsafeBytes { #expect($0.baseAddress == address, "the storage is kept") }
        let left = UnsafeRawBufferPointer(start: address, count: 4_096)
        #expect(!left.contains(0xA5))
    }
}
