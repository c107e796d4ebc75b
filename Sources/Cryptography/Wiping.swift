import CSodium

/// Overwriting of buffers that held personal values; the compiler can't leave it out.
public enum Wiping {
    /// Zeroes the bytes.
    public static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        if let start = bytes.baseAddress { sodium_memzero(start, bytes.count) }
    }

    /// Zeroes the bytes and empties the array, keeping its storage for reuse. Copies that the array
    /// shared its storage with, and storage left behind when it grew, are not reached.
    public static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in wipe(buffer) }
        bytes.removeAll(keepingCapacity: true)
    }
}
