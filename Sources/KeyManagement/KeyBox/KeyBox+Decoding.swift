import Cryptography
import Storage

extension KeyBox {
    static let format: UInt8 = 1

    /// What a box says beside its keys.
    private struct Contents {
        var kind: UInt8 = 0
        var flags: Flags = []
        var createdSeconds: Int64 = 0
        var company: RecordID?
        var labels: [Label] = []
        var indexPlaces: [IndexPlace] = []
    }

    /// Reads an opened, unpadded box.
    init(decoding bytes: consuming SecretBytes) throws(CryptographyError) {
        let contents = try Self.contents(of: bytes)
        self.init(
            kind: contents.kind, flags: contents.flags, createdSeconds: contents.createdSeconds,
            company: contents.company, labels: contents.labels,
            indexPlaces: contents.indexPlaces, bytes: bytes)
    }

    private static func contents(
        of bytes: borrowing SecretBytes
    ) throws(CryptographyError) -> Contents {
        var reader = SecretReader()
        var contents = Contents()
        guard try reader.integer(UInt8.self, from: bytes) == format else { throw .malformedText }
        contents.kind = try reader.integer(UInt8.self, from: bytes)
        contents.flags = Flags(rawValue: try reader.integer(UInt16.self, from: bytes))
        contents.createdSeconds = Int64(bitPattern: try reader.integer(UInt64.self, from: bytes))
        if try reader.integer(UInt8.self, from: bytes) == 1 {
            contents.company = RecordID(bytes: try reader.bytes(16, from: bytes))
        }
        contents.labels = try labels(&reader, from: bytes)
        let count = Int(try reader.integer(UInt16.self, from: bytes))
        contents.indexPlaces.reserveCapacity(count)
        for _ in 0..<count {
            contents.indexPlaces.append(
                IndexPlace(
                    label: try reader.integer(UInt8.self, from: bytes),
                    field: try reader.integer(UInt8.self, from: bytes),
                    offset: try reader.skip(16, in: bytes)))
        }
        try reader.expectEnd(of: bytes)
        for place in contents.indexPlaces where !place.isWithin(contents.labels) {
            throw .malformedText
        }
        return contents
    }

    /// Where the index values lie, found without making anything of what comes before them.
    static func indexValueOffsets(
        in bytes: borrowing SecretBytes
    ) throws(CryptographyError) -> [Int] {
        var reader = SecretReader()
        guard try reader.integer(UInt8.self, from: bytes) == format else { throw .malformedText }
        _ = try reader.skip(1 + 2 + 8, in: bytes)
        if try reader.integer(UInt8.self, from: bytes) == 1 { _ = try reader.skip(16, in: bytes) }
        for _ in 0..<(try reader.integer(UInt8.self, from: bytes)) {
            try reader.skipShortText(in: bytes)
            _ = try reader.skip(8 + AEAD.keyCount + 4, in: bytes)
            for _ in 0..<(try reader.integer(UInt8.self, from: bytes)) {
                try reader.skipShortText(in: bytes)
            }
        }
        var offsets: [Int] = []
        for _ in 0..<(try reader.integer(UInt16.self, from: bytes)) {
            _ = try reader.skip(2, in: bytes)
            offsets.append(try reader.skip(16, in: bytes))
        }
        try reader.expectEnd(of: bytes)
        return offsets
    }

    private static func labels(
        _ reader: inout SecretReader, from bytes: borrowing SecretBytes
    ) throws(CryptographyError) -> [Label] {
        let count = Int(try reader.integer(UInt8.self, from: bytes))
        var labels: [Label] = []
        labels.reserveCapacity(count)
        for _ in 0..<count {
            let name = try reader.shortText(from: bytes)
            let dekID = try reader.integer(UInt64.self, from: bytes)
            let dekOffset = try reader.skip(AEAD.keyCount, in: bytes)
            let version = try reader.integer(UInt32.self, from: bytes)
            let fieldCount = Int(try reader.integer(UInt8.self, from: bytes))
            var fields: [String] = []
            fields.reserveCapacity(fieldCount)
            for _ in 0..<fieldCount { fields.append(try reader.shortText(from: bytes)) }
            labels.append(
                Label(
                    name: name, dekID: dekID, version: version, fields: fields,
                    dekOffset: dekOffset))
        }
        return labels
    }
}
