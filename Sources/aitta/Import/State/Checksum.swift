/// Tells a file that has changed by accident from one that has not (FNV-1a, 64 bits). It is no
/// defence against somebody who means to deceive: the file is the caller's own.
struct Checksum {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func update(_ bytes: some Collection<UInt8>) {
        var state = state
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.state = state
    }

    var text: String { String(state, radix: 16) }

    static func of(_ bytes: [UInt8]) -> String {
        var checksum = Checksum()
        checksum.update(bytes)
        return checksum.text
    }

    /// Reads to the end.
    static func of(_ input: ByteReader) throws -> (text: String, size: Int) {
        var input = input
        var checksum = Checksum()
        try input.read(while: { _ in true }) { checksum.update($0) }
        return (checksum.text, input.offset)
    }
}
