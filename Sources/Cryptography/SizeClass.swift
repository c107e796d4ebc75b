/// One of the ten slot sizes: 32 bytes doubled up to 16 KiB.
struct SizeClass: Hashable, Sendable {
    static let count = 10
    static let smallestBytes = 32
    static let largestBytes = 16_384

    let index: Int

    /// The smallest class that holds `count` bytes, or nil when none does.
    init?(holding count: Int) {
        guard count >= 0, count <= Self.largestBytes else { return nil }
        let blocks = (max(count, 1) - 1) / Self.smallestBytes
        index = Int.bitWidth - blocks.leadingZeroBitCount
    }

    var bytes: Int { Self.smallestBytes << index }
}
