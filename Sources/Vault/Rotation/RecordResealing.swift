import Catalogue
import Cryptography
import KeyManagement
import Storage
import StrictJSON

/// A record with every key of it made anew: DEKs, index values, and its box under its segment's next key.
///
/// What doesn't open under the keys before is taken over as it lies: it stays damaged or stale, and named.
struct RecordResealing {
    let stored: StoredRecord
    /// Where the record stands in the new index; of the old one nothing is said, which ends as a whole.
    let chains: [IndexChain]

    init(
        of record: borrowing OpenRecord, as segment: SegmentKey, keyring: Keyring,
        catalogue: Catalogue
    ) throws(VaultError) {
        let index = keyring.index(of: segment)
        var values: [KeyBoxDraft.Value] = []
        for value in try Self.indexedValues(of: record, catalogue) {
            values.append(
                KeyBoxDraft.Value(
                    value: try index.value(key: value.key, normalised: value.normalised),
                    field: value.field))
        }
        chains = values.flatMap { index.chains(of: $0.value) }
        let id = record.stored.id
        do {
            let box = try KeyBoxDraft(
                kind: record.box.kind, flags: record.box.flags,
                createdSeconds: record.box.createdSeconds, company: record.box.company,
                labels: record.box.labels.map { label in
                    KeyBoxDraft.Label(
                        name: label.name, dek: .fresh, version: label.version,
                        fields: label.fields)
                }, values: values
            ).build()
            let place = KeyBox.Place(
                vault: keyring.vault, record: id, segment: segment.id,
                generation: record.stored.generation)
            stored = StoredRecord(
                id: id, segment: segment.id, generation: record.stored.generation,
                box: try box.seal(at: place, key: segment),
                fields: try Self.row(of: record, under: box, vault: keyring.vault))
        } catch {
            throw error as? VaultError
                ?? VaultError(.notReady, detail: (error as? KeyError)?.description)
        }
    }

    private struct IndexedValue {
        let key: String
        let normalised: [UInt8]
        let field: (label: Int, field: Int)?
    }

    /// The values of the fields that stand in the index, read and normalised once more: the box has what the
    /// old secret made of them, which leads nowhere.
    private static func indexedValues(
        of record: borrowing OpenRecord, _ catalogue: Catalogue
    ) throws(VaultError) -> [IndexedValue] {
        var values: [IndexedValue] = []
        var seen: [(label: Int, field: Int)] = []
        for place in 0..<record.box.indexValueCount {
            let entry: (value: KeyManagement.IndexValue, label: Int, field: Int)?
            do throws(KeyError) {
                entry = try record.box.indexValue(place)
            } catch {
                throw VaultError(.notReady, detail: error.description)
            }
            guard let entry else { continue }
            if entry.label == 255 {
                guard let company = record.box.company else { continue }
                values.append(
                    IndexedValue(
                        key: RecordVault.companySearchKey, normalised: company.bytes, field: nil))
            } else if !seen.contains(where: { $0 == (entry.label, entry.field) }) {
                seen.append((entry.label, entry.field))
                values += try fieldValues(of: record, at: (entry.label, entry.field), catalogue)
            }
        }
        return values
    }

    /// - Throws: ``VaultError/Code/damaged`` for a value that opens and that the catalogue no longer takes:
    ///   without it the record could not be found any more.
    private static func fieldValues(
        of record: borrowing OpenRecord, at place: (label: Int, field: Int),
        _ catalogue: Catalogue
    ) throws(VaultError) -> [IndexedValue] {
        let label = record.box.labels[place.label]
        let name = label.fields[place.field]
        let dek = try record.dek(of: place.label)
        var data = FieldData(vault: record.vault, record: record.stored.id)
        var plaintext: [UInt8] = []
        defer { Wiping.wipe(&plaintext) }
        // A field that doesn't open can't be found, and shows nothing where it is.
        guard record.open(place, dek: dek, data: &data, appendingTo: &plaintext) == nil,
            let content = FieldContent(name: name, plaintext: plaintext[...])
        else { return [] }
        guard let json = try? JSONParser.parse(content.json),
            let value = try? catalogue.validate(
                field: name, value: json, kind: record.kind,
                settings: CatalogueSettings(acceptArtificialHenkilotunnus: true))
        else {
            throw VaultError(
                .damaged, detail: "field \(name) of record \(record.stored.id): not as catalogued")
        }
        return value.indexValues.map {
            IndexedValue(key: $0.key, normalised: $0.normalised, field: place)
        }
    }

    /// The row, compartment by compartment, each field under the new DEK.
    private static func row(
        of record: borrowing OpenRecord, under box: borrowing KeyBox, vault: VaultID
    ) throws(VaultError) -> [UInt8] {
        guard let row = record.row else { return record.stored.fields }
        var writer = RowWriter(
            vault: vault, record: record.stored.id, compartmentCount: row.compartments.count)
        for compartment in row.compartments {
            guard
                let label = record.box.labels.firstIndex(where: { $0.dekID == compartment.dekID }),
                record.box.labels[label].fields.count == compartment.fields.count
            else {
                writer.copy(compartment, from: record.stored.fields)
                continue
            }
            try writer.reseal(
                compartment, of: record.stored.fields, label: label,
                from: record.box, under: box)
        }
        return writer.finish()
    }
}

extension RowWriter {
    /// Takes a compartment over under the DEK of another box, each field as it was padded; one that doesn't
    /// open stays as it lies.
    fileprivate mutating func reseal(
        _ compartment: RecordRow.Compartment, of row: [UInt8], label: Int,
        from old: borrowing KeyBox, under new: borrowing KeyBox
    ) throws(VaultError) {
        let (names, entry) = (old.labels[label], new.labels[label])
        beginCompartment(
            version: compartment.version, dekID: entry.dekID, count: compartment.fields.count)
        do {
            let oldDEK = try old.dek(of: label)
            let newDEK = try new.dek(of: label)
            var data = FieldData(vault: vault, record: record)
            var plaintext: [UInt8] = []
            defer { Wiping.wipe(&plaintext) }
            for (name, range) in zip(names.fields, compartment.fields) {
                plaintext.removeAll(keepingCapacity: true)
                append(UInt16(range.count))
                data.name(label: entry.name, field: name, version: compartment.version)
                let isOpen = row.withUnsafeBytes { bytes in
                    (try? AEAD.open(
                        UnsafeRawBufferPointer(rebasing: bytes[range]),
                        associatedData: data.bytes, key: oldDEK, appendingTo: &plaintext)) != nil
                }
                if isOpen {
                    try seal(plaintext, data, under: newDEK)
                } else {
                    append(row[range])
                }
            }
        } catch {
            throw VaultError(.notReady, detail: "resealing failed")
        }
    }
}
