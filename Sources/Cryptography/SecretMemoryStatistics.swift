/// A snapshot of secret memory; sizes in bytes.
public struct SecretMemoryStatistics: Hashable, Sendable {
    /// Secrets alive now.
    public let slotsInUse: Int
    /// Bytes that their slots occupy.
    public let bytesInUse: Int
    /// Bytes reserved from the system so far.
    public let bytesReserved: Int
    /// Bytes of those that the kernel has locked into RAM.
    public let bytesLocked: Int
    /// The most that may be reserved.
    public let limitBytes: Int
}
