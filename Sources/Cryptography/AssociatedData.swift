/// What a sealed value is bound to, as a list of parts. Each part is written as its length (UInt32,
/// little-endian) and its bytes, so that no two lists give the same bytes. Holds nothing secret.
///
/// One value can serve many fields: append what they share, keep the ``mark``, and ``rewind(to:)``
/// it before each further part.
public struct AssociatedData: Hashable, Sendable {
    /// The encoded parts.
    public private(set) var bytes: [UInt8] = []

    /// An empty list, with room for `capacity` bytes.
    public init(reservingCapacity capacity: Int = 128) { bytes.reserveCapacity(capacity) }

    /// Where the next part will go.
    public var mark: Int { bytes.count }

    /// Drops the parts after a mark, keeping the storage.
    public mutating func rewind(to mark: Int) {
        precondition(mark >= 0 && mark <= bytes.count, "a mark of another list")
        bytes.removeLast(bytes.count - mark)
    }

    /// Appends bytes as one part.
    public mutating func append(_ part: UnsafeRawBufferPointer) {
        appendLength(part.count)
        bytes.append(contentsOf: part)
    }

    /// Appends bytes as one part.
    public mutating func append(_ part: [UInt8]) {
        appendLength(part.count)
        bytes.append(contentsOf: part)
    }

    /// Appends a text's UTF-8 as one part.
    public mutating func append(_ part: String) {
        appendLength(part.utf8.count)
        bytes.append(contentsOf: part.utf8)
    }

    /// Appends a number as one part of eight bytes, little-endian.
    public mutating func append(_ part: UInt64) {
        appendLength(8)
        appendLittleEndian(part)
    }

    private mutating func appendLength(_ count: Int) {
        precondition(count <= Int(UInt32.max), "a part's length must fit 32 bits")
        appendLittleEndian(UInt32(count))
    }

    private mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
