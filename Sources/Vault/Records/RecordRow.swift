/// The layout of a record row (docs/FORMAT.md, "Record row"): where each sealed field lies.
struct RecordRow: Sendable {
    struct Compartment: Sendable {
        let version: UInt32
        let dekID: UInt64
        let fields: [Range<Int>]
    }

    static let format: UInt8 = 1
    let compartments: [Compartment]

    /// Reads a row; `nil` when it is not one.
    init?(_ row: [UInt8]) {
        var offset = 0
        func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
            let size = MemoryLayout<Number>.size
            guard row.count - offset >= size else { return nil }
            defer { offset += size }
            return row.withUnsafeBytes {
                Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
            }
        }
        guard integer(UInt8.self) == Self.format, let count = integer(UInt8.self) else {
            return nil
        }
        var compartments: [Compartment] = []
        compartments.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let version = integer(UInt32.self), let dekID = integer(UInt64.self),
                let fieldCount = integer(UInt8.self)
            else { return nil }
            var fields: [Range<Int>] = []
            fields.reserveCapacity(Int(fieldCount))
            for _ in 0..<fieldCount {
                guard let length = integer(UInt16.self), row.count - offset >= Int(length) else {
                    return nil
                }
                fields.append(offset..<(offset + Int(length)))
                offset += Int(length)
            }
            compartments.append(
                Compartment(version: version, dekID: dekID, fields: fields))
        }
        guard offset == row.count else { return nil }
        self.compartments = compartments
    }
}
