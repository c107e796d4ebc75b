import CSodium

/// Padding before sealing (ISO/IEC 7816-4: a byte 0x80, then zeros), to one of few lengths, so that
/// the length of a sealed value says little. At least one byte is always added.
public struct Padding: Hashable, Sendable {
    /// For field values: 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, … bytes.
    public static let values = Padding(smallestCount: 32)
    /// For key boxes: 256, 384, 512, 768, 1024, 1536, … bytes.
    public static let keyBoxes = Padding(smallestCount: 256)
    /// The longest padded length, in bytes: 64 MiB.
    public static let maximumCount = AEAD.maximumPlaintextCount

    private let smallestCount: Int

    /// The padded length of `count` bytes: the next above it in the schedule.
    public func paddedCount(for count: Int) -> Int {
        precondition(count >= 0 && count < Self.maximumCount, "beyond what padding is meant for")
        guard count >= smallestCount else { return smallestCount }
        let (power, step) = step(at: count)
        return count < power + step ? power + step : power * 2
    }

    /// Pads the bytes from `start` on.
    ///
    /// - Throws: `inputTooLarge`.
    public func pad(
        _ bytes: inout [UInt8], from start: Int = 0
    ) throws(CryptographyError) {
        let count = bytes.count - start
        guard count >= 0 else { throw .rangeOutOfBounds }
        guard count < Self.maximumCount else { throw .inputTooLarge }
        bytes.append(0x80)
        bytes.append(contentsOf: repeatElement(0, count: paddedCount(for: count) - count - 1))
    }

    /// Pads a secret, moving it to a larger slot where it must.
    ///
    /// - Throws: `inputTooLarge`, or as ``SecretBytes/init(count:)``.
    public func pad(_ secret: inout SecretBytes) throws(CryptographyError) {
        let count = secret.count
        try secret.extend(to: paddedCount(for: count))
        secret.withUnsafeMutableBytes { $0[count] = 0x80 }
    }

    /// Takes the padding off the bytes from `start` on; they are unchanged when this throws.
    ///
    /// - Throws: `authenticationFailed`.
    public func unpad(
        _ bytes: inout [UInt8], from start: Int = 0
    ) throws(CryptographyError) {
        guard start >= 0, start <= bytes.count else { throw .rangeOutOfBounds }
        let count = bytes.withUnsafeBytes { buffer in
            unpaddedCount(of: UnsafeRawBufferPointer(rebasing: buffer[start...]))
        }
        guard let count else { throw .authenticationFailed }
        bytes.removeLast(bytes.count - start - count)
    }

    /// Takes the padding off a secret, which is unchanged when this throws.
    ///
    /// - Throws: `authenticationFailed`.
    public func unpad(_ secret: inout SecretBytes) throws(CryptographyError) {
        guard let count = secret.withUnsafeBytes({ unpaddedCount(of: $0) }) else {
            throw .authenticationFailed
        }
        try secret.truncate(to: count)
    }

    /// The length without padding, found in constant time; nil when the length is not of the
    /// schedule or the padding not what padding gives.
    public func unpaddedCount(of padded: UnsafeRawBufferPointer) -> Int? {
        guard let start = padded.baseAddress, let longest = longestPadding(of: padded.count) else {
            return nil
        }
        var count = 0
        let status = sodium_unpad(
            &count, start.assumingMemoryBound(to: UInt8.self), padded.count, longest)
        return status == 0 ? count : nil
    }

    /// The distance from a length of the schedule to the one below, or nil for other lengths.
    private func longestPadding(of count: Int) -> Int? {
        guard count >= smallestCount, count <= Self.maximumCount else { return nil }
        if count == smallestCount { return count }
        return paddedCount(for: count - 1) == count ? step(at: count - 1).step : nil
    }

    /// The power of two at or below `count`, and the distance from length to length above it: half
    /// of that power, but at least 32.
    private func step(at count: Int) -> (power: Int, step: Int) {
        let power = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount)
        return (power, max(power / 2, 32))
    }
}
