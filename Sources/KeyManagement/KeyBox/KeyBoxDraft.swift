import Cryptography
public import Storage

/// What a new key box is to hold; DEKs are made, or copied from the box before, when it is built.
public struct KeyBoxDraft: Sendable {
    /// Where a label's DEK comes from.
    public enum DEK: Sendable {
        /// A new random key.
        case fresh
        /// The key of a label of the box before.
        case kept(label: Int)
    }

    /// A label to be.
    public struct Label: Sendable {
        /// Its name.
        public let name: String
        /// Its key.
        public let dek: DEK
        /// The version of the compartment.
        public let version: UInt32
        /// The fields, in the order of the row.
        public let fields: [String]

        /// Makes a label.
        public init(name: String, dek: DEK, version: UInt32, fields: [String]) {
            self.name = name
            self.dek = dek
            self.version = version
            self.fields = fields
        }
    }

    /// An index value to be; without a field it is that of a contact's company.
    public struct Value: Sendable {
        /// The value.
        public let value: IndexValue
        /// The field: the places of label and field.
        public let field: (label: Int, field: Int)?

        /// Makes a value.
        public init(value: IndexValue, field: (label: Int, field: Int)?) {
            self.value = value
            self.field = field
        }
    }

    /// 1 person, 2 company, 3 contact.
    public var kind: UInt8
    /// The record's flags.
    public var flags: KeyBox.Flags
    /// When the record was made, in Unix seconds.
    public var createdSeconds: Int64
    /// The company that a contact belongs to.
    public var company: RecordID?
    /// The compartments.
    public var labels: [Label]
    /// The index values.
    public var values: [Value]

    /// Makes a draft.
    public init(
        kind: UInt8, flags: KeyBox.Flags, createdSeconds: Int64, company: RecordID?,
        labels: [Label], values: [Value]
    ) {
        self.kind = kind
        self.flags = flags
        self.createdSeconds = createdSeconds
        self.company = company
        self.labels = labels
        self.values = values
    }

    /// Builds the box of a new record: every key is fresh.
    public func build() throws(KeyError) -> KeyBox {
        do throws(CryptographyError) {
            var writer = try SecretWriter(capacity: encodedCount)
            try writeHead(to: &writer)
            for label in labels {
                try writer.shortText(label.name)
                try writeFreshKey(to: &writer)
                try writeTail(of: label, to: &writer)
            }
            return try finish(writer)
        } catch {
            throw KeyError(error, at: "key box")
        }
    }

    /// Builds the next box of a record, with the keys that are kept from the box before.
    public func build(keepingFrom old: borrowing KeyBox) throws(KeyError) -> KeyBox {
        do throws(CryptographyError) {
            var writer = try SecretWriter(capacity: encodedCount)
            try writeHead(to: &writer)
            for label in labels {
                try writer.shortText(label.name)
                switch label.dek {
                case .fresh: try writeFreshKey(to: &writer)
                case .kept(let place):
                    let kept = old.labels[place]
                    try writer.integer(kept.dekID)
                    try writer.secret(
                        old.bytes.copy(kept.dekOffset..<(kept.dekOffset + AEAD.keyCount)))
                }
                try writeTail(of: label, to: &writer)
            }
            return try finish(writer)
        } catch {
            throw KeyError(error, at: "key box")
        }
    }

    private var encodedCount: Int {
        let labelCount = labels.reduce(0) { sum, label in
            sum + 1 + label.name.utf8.count + 8 + AEAD.keyCount + 4 + 1
                + label.fields.reduce(0) { $0 + 1 + $1.utf8.count }
        }
        return 1 + 1 + 2 + 8 + 17 + 1 + labelCount + 2 + values.count * 18
    }

    private func writeHead(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.integer(KeyBox.format)
        try writer.integer(kind)
        try writer.integer(flags.rawValue)
        try writer.integer(UInt64(bitPattern: createdSeconds))
        if let company {
            try writer.integer(UInt8(1))
            try writer.bytes(company.bytes)
        } else {
            try writer.integer(UInt8(0))
        }
        guard let count = UInt8(exactly: labels.count) else { throw .inputTooLarge }
        try writer.integer(count)
    }

    private func writeFreshKey(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.integer(SecureRandom.uint64())
        try writer.random(AEAD.keyCount)
    }

    private func writeTail(
        of label: Label, to writer: inout SecretWriter
    ) throws(CryptographyError) {
        try writer.integer(label.version)
        guard let count = UInt8(exactly: label.fields.count) else { throw .inputTooLarge }
        try writer.integer(count)
        for field in label.fields { try writer.shortText(field) }
    }

    private func finish(_ writer: consuming SecretWriter) throws(CryptographyError) -> KeyBox {
        guard let count = UInt16(exactly: values.count) else { throw .inputTooLarge }
        try writer.integer(count)
        for value in values {
            try writer.integer(value.field.map { UInt8($0.label) } ?? IndexPlace.company.label)
            try writer.integer(value.field.map { UInt8($0.field) } ?? IndexPlace.company.field)
            try writer.secret(value.value.bytes)
        }
        return try KeyBox(decoding: writer.finish())
    }
}
