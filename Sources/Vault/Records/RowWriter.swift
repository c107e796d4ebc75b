import Catalogue
import Cryptography
import KeyManagement
import Storage

/// Writes a record row: compartments sealed anew, or copied as they are.
struct RowWriter {
    let vault: VaultID
    let record: RecordID
    private var row: [UInt8]

    init(vault: VaultID, record: RecordID, compartmentCount: Int) {
        self.vault = vault
        self.record = record
        row = [RecordRow.format, UInt8(clamping: compartmentCount)]
        row.reserveCapacity(1024)
    }

    /// Seals a compartment under its label's DEK and version.
    mutating func seal(
        _ fields: [FieldContent], under label: Int, of box: borrowing KeyBox
    ) throws(VaultError) {
        let entry = box.labels[label]
        beginCompartment(version: entry.version, dekID: entry.dekID, count: fields.count)
        do {
            let dek = try box.dek(of: label)
            var data = FieldData(vault: vault, record: record)
            var plaintext: [UInt8] = []
            defer { Wiping.wipe(&plaintext) }
            for field in fields {
                plaintext.removeAll(keepingCapacity: true)
                field.append(to: &plaintext)
                try Padding.values.pad(&plaintext)
                guard let length = UInt16(exactly: plaintext.count + AEAD.overheadCount) else {
                    throw VaultError(.invalidValue, pointer: "/fields", .tooLong)
                }
                append(length)
                data.name(label: entry.name, field: field.name, version: entry.version)
                try seal(plaintext, data, under: dek)
            }
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.internal, detail: "sealing failed")
        }
    }

    /// Takes a compartment over from the row before.
    mutating func copy(_ compartment: RecordRow.Compartment, from old: [UInt8]) {
        beginCompartment(
            version: compartment.version, dekID: compartment.dekID,
            count: compartment.fields.count)
        for range in compartment.fields {
            append(UInt16(range.count))
            row.append(contentsOf: old[range])
        }
    }

    /// Appends a padded field, sealed.
    mutating func seal(
        _ padded: [UInt8], _ data: FieldData, under dek: borrowing SecretBytes
    ) throws(CryptographyError) {
        try padded.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try AEAD.seal(
                UnsafeRawBufferPointer(bytes), associatedData: data.bytes, key: dek,
                appendingTo: &row)
        }
    }

    consuming func finish() -> [UInt8] { row }

    mutating func beginCompartment(version: UInt32, dekID: UInt64, count: Int) {
        append(version)
        append(dekID)
        row.append(UInt8(clamping: count))
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) { row += bytes }

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { row.append(contentsOf: $0) }
    }
}

/// The associated data of a record's fields: the parts that stay are written once.
struct FieldData {
    private(set) var bytes: AssociatedData
    private let mark: Int

    init(vault: VaultID, record: RecordID) {
        var data = AssociatedData(reservingCapacity: 160)
        data.append("aitta.field.v1")
        data.append(vault.bytes)
        data.append(record.bytes)
        bytes = data
        mark = data.mark
    }

    mutating func name(label: String, field: String, version: UInt32) {
        bytes.rewind(to: mark)
        bytes.append(label)
        bytes.append(field)
        bytes.append(UInt64(version))
    }
}
