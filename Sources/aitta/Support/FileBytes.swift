import Glibc

/// Small files whole.
enum FileBytes {
    /// Reads a file of at most `limit` bytes.
    static func read(path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure("can't open \(path): \(ErrorNumber.text)")
        }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, limit: limit, name: path)
    }

    /// Reads an open file to its end.
    static func read(descriptor: Int32, limit: Int, name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure("can't read \(name): \(ErrorNumber.text)") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw Failure("\(name) is larger than \(limit) bytes")
            }
        }
    }
}

/// What the system says about the last call that failed.
enum ErrorNumber {
    static var text: String { String(cString: strerror(errno)) }
}
