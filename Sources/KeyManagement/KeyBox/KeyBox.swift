public import Cryptography
public import Storage

/// The opened key box of one record: its DEKs, in guarded memory, and what they are for
/// (docs/FORMAT.md, "Key box").
public struct KeyBox: ~Copyable, Sendable {
    /// A compartment of the record, or a period of one: `identity`, `billing/2026`.
    public struct Label: Sendable {
        /// Its name.
        public let name: String
        /// The id of its DEK; the ledger names destroyed DEKs by it.
        public let dekID: UInt64
        /// The version of the compartment; 1 when made.
        public let version: UInt32
        /// The fields it holds, in the order of the row.
        public let fields: [String]
        let dekOffset: Int
    }

    /// Flags of a record.
    public struct Flags: OptionSet, Sendable {
        /// The bits as they are sealed.
        public let rawValue: UInt16

        /// Makes flags of bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Processing is restricted (GDPR 18).
        public static let restricted = Flags(rawValue: 1)
        /// The person's address is protected (turvakielto).
        public static let protected = Flags(rawValue: 2)
        /// An erasure waits for holds to end.
        public static let awaitsErasure = Flags(rawValue: 4)
    }

    /// Which record it belongs to, and where it lies.
    public struct Place: Sendable {
        let vault: VaultID
        let record: RecordID
        let segment: SegmentID
        let generation: UInt64

        /// Names a place.
        public init(vault: VaultID, record: RecordID, segment: SegmentID, generation: UInt64) {
            self.vault = vault
            self.record = record
            self.segment = segment
            self.generation = generation
        }
    }

    /// 1 person, 2 company, 3 contact.
    public let kind: UInt8
    /// The record's flags.
    public let flags: Flags
    /// When the record was made, in Unix seconds.
    public let createdSeconds: Int64
    /// The company that a contact belongs to.
    public let company: RecordID?
    /// The compartments.
    public let labels: [Label]

    let indexPlaces: [IndexPlace]
    let bytes: SecretBytes

    init(
        kind: UInt8, flags: Flags, createdSeconds: Int64, company: RecordID?, labels: [Label],
        indexPlaces: [IndexPlace], bytes: consuming SecretBytes
    ) {
        self.kind = kind
        self.flags = flags
        self.createdSeconds = createdSeconds
        self.company = company
        self.labels = labels
        self.indexPlaces = indexPlaces
        self.bytes = bytes
    }

    /// How many index values the box holds.
    public var indexValueCount: Int { indexPlaces.count }

    /// The DEK of a label.
    public func dek(of label: Int) throws(KeyError) -> SecretBytes {
        let offset = labels[label].dekOffset
        do throws(CryptographyError) {
            return try bytes.copy(offset..<(offset + AEAD.keyCount))
        } catch {
            throw KeyError(error, at: "key box")
        }
    }

    /// An index value and the field that it is of; no field for the company of a contact.
    public func indexValue(
        _ place: Int
    ) throws(KeyError) -> (value: IndexValue, label: Int, field: Int)? {
        let entry = indexPlaces[place]
        do throws(CryptographyError) {
            let value = IndexValue(bytes: try bytes.copy(entry.offset..<(entry.offset + 16)))
            return (value, Int(entry.label), Int(entry.field))
        } catch {
            throw KeyError(error, at: "key box")
        }
    }

    /// Whether the record has an index value: what tells a search's hits from collisions.
    public func contains(_ value: IndexValue) -> Bool {
        bytes.withUnsafeBytes { box in
            value.bytes.withUnsafeBytes { wanted in
                indexPlaces.contains { place in
                    ConstantTime.equals(
                        UnsafeRawBufferPointer(rebasing: box[place.offset..<(place.offset + 16)]),
                        wanted)
                }
            }
        }
    }

    /// Seals the box under its segment's key.
    public func seal(at place: Place, key: SegmentKey) throws(KeyError) -> [UInt8] {
        do throws(CryptographyError) {
            var padded = try SecretBytes(copying: bytes)
            try Padding.keyBoxes.pad(&padded)
            return try AEAD.sealSecret(
                padded, associatedData: .box(at: place), key: key.bytes)
        } catch {
            throw KeyError(error, at: "key box of record \(place.record)")
        }
    }

    /// A sealed box under another key of its segment; what it holds stays as it is.
    ///
    /// - Throws: ``KeyError/Code/keyBoxDamaged`` when `old` doesn't open it.
    public static func reseal(
        _ sealed: [UInt8], at place: Place, from old: SegmentKey, to new: SegmentKey
    ) throws(KeyError) -> [UInt8] {
        do throws(CryptographyError) {
            let data = AssociatedData.box(at: place)
            let padded = try AEAD.openSecret(sealed, associatedData: data, key: old.bytes)
            return try AEAD.sealSecret(padded, associatedData: data, key: new.bytes)
        } catch {
            throw failure(error, at: place)
        }
    }

    /// Whatever doesn't open is damaged, but where there was no memory to open it.
    private static func failure(_ error: CryptographyError, at place: Place) -> KeyError {
        let place = "key box of record \(place.record)"
        return switch error {
        case .secretMemoryExhausted, .memoryNotLocked, .notStarted: KeyError(error, at: place)
        default: KeyError(.keyBoxDamaged, at: place)
        }
    }

    /// Lends the index values of a sealed box, which lie in guarded memory, one after the other.
    static func withIndexValues(
        of sealed: [UInt8], at place: Place, key: SegmentKey,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(KeyError) {
        do throws(CryptographyError) {
            var bytes = try AEAD.openSecret(
                sealed, associatedData: .box(at: place), key: key.bytes)
            try Padding.keyBoxes.unpad(&bytes)
            let offsets = try indexValueOffsets(in: bytes)
            bytes.withUnsafeBytes { box in
                for offset in offsets {
                    body(UnsafeRawBufferPointer(rebasing: box[offset..<(offset + 16)]))
                }
            }
        } catch {
            throw failure(error, at: place)
        }
    }

    /// Opens a sealed box.
    ///
    /// - Throws: ``KeyError/Code/keyBoxDamaged`` when it was altered, moved or sealed by another key.
    public static func open(
        _ sealed: [UInt8], at place: Place, key: SegmentKey
    ) throws(KeyError) -> KeyBox {
        do throws(CryptographyError) {
            var bytes = try AEAD.openSecret(
                sealed, associatedData: .box(at: place), key: key.bytes)
            try Padding.keyBoxes.unpad(&bytes)
            return try KeyBox(decoding: bytes)
        } catch {
            throw failure(error, at: place)
        }
    }
}

struct IndexPlace: Sendable {
    let label: UInt8
    let field: UInt8
    let offset: Int

    /// Label and field of the company of a contact.
    static let company: (label: UInt8, field: UInt8) = (255, 255)

    /// Whether it names a field that there is.
    func isWithin(_ labels: [KeyBox.Label]) -> Bool {
        (label, field) == Self.company
            || Int(label) < labels.count && Int(field) < labels[Int(label)].fields.count
    }
}

extension AssociatedData {
    fileprivate static func box(at place: KeyBox.Place) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.box.v1")
        data.append(place.vault.bytes)
        data.append(place.record.bytes)
        data.append(UInt64(place.segment.number))
        data.append(place.generation)
        return data
    }
}
