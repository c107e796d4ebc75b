import Glibc

/// Reads a file in pieces, one byte or one run at a time, and knows where it is.
struct ByteReader {
    private let source: (inout [UInt8]) throws -> Int
    private var buffer: [UInt8]
    private var index = 0
    private var count = 0
    private var bufferOffset: Int

    /// - Parameters:
    ///   - offset: where in the file `source` begins.
    ///   - bufferBytes: how much to read at once.
    ///   - source: fills the array from its start and returns how much; 0 at the end.
    init(
        offset: Int = 0, bufferBytes: Int = 256 << 10,
        source: @escaping (inout [UInt8]) throws -> Int
    ) {
        self.source = source
        self.buffer = [UInt8](repeating: 0, count: bufferBytes)
        self.bufferOffset = offset
    }

    /// Reads an open file from where it stands.
    init(descriptor: Int32, offset: Int = 0, name: String) {
        self.init(offset: offset) { buffer in
            while true {
                let count = buffer.withUnsafeMutableBytes {
                    Glibc.read(descriptor, $0.baseAddress, $0.count)
                }
                if count >= 0 { return count }
                guard errno == EINTR else {
                    throw Failure("can't read \(name): \(ErrorNumber.text)")
                }
            }
        }
    }

    /// The offset in the file of the next byte.
    var offset: Int { bufferOffset + index }

    /// The next byte; nil at the end.
    mutating func peek() throws -> UInt8? {
        if index == count {
            bufferOffset += count
            index = 0
            count = 0
            count = try source(&buffer)
        }
        return index < count ? buffer[index] : nil
    }

    /// Passes over the byte that `peek` showed.
    mutating func advance() { index += 1 }

    /// Hands over runs of bytes, up to the first for which `condition` does not hold or the end.
    mutating func read(
        while condition: (UInt8) -> Bool, _ body: (ArraySlice<UInt8>) -> Void
    ) throws {
        while try peek() != nil {
            let start = index
            let end = buffer.withUnsafeBufferPointer { bytes in
                var end = start
                while end < count && condition(bytes[end]) { end += 1 }
                return end
            }
            index = end
            if end > start { body(buffer[start..<end]) }
            if end < count { return }
        }
    }

    /// Passes over the byte order mark of UTF-8; that of UTF-16 is an error. The first piece read
    /// must hold the whole mark.
    mutating func skipByteOrderMark() throws {
        guard let first = try peek(), first >= 0xEF else { return }
        let start = buffer[..<count]
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw Failure("the file is UTF-16", hint: "save it as UTF-8")
        }
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { index += 3 }
    }
}
