import CSodium

/// Comparison whose time depends on lengths alone.
public enum ConstantTime {
    /// Whether both hold the same bytes. Lengths are not secret: different ones answer at once.
    public static func equals(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        guard let left = a.baseAddress, let right = b.baseAddress else { return true }
        return sodium_memcmp(left, right, a.count) == 0
    }

    /// Whether both hold the same bytes. Lengths are not secret: different ones answer at once.
    public static func equals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.withUnsafeBytes { left in b.withUnsafeBytes { right in equals(left, right) } }
    }
}
