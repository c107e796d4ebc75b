import Cryptography
import KeyManagement
import Storage

/// The compartments of a record after a change.
struct UpdatedLayout {
    struct Compartment {
        var label: KeyBoxDraft.Label
        /// What is sealed anew; `nil`: the row's compartment `old` is taken over.
        var fields: [FieldContent]?
        var old: Int?
    }

    /// The record's next generation: a compartment that comes anew takes it as its version, which
    /// is then above that of any earlier compartment of its name.
    let generation: UInt64
    private(set) var compartments: [Compartment] = []

    /// - Throws: ``VaultError/Code/damaged`` when the record's row is not as its box says.
    init(of record: borrowing OpenRecord) throws(VaultError) {
        guard let row = record.row, row.compartments.count == record.box.labels.count else {
            throw VaultError(.damaged, detail: "row of record \(record.stored.id)")
        }
        generation = record.stored.generation + 1
    }

    mutating func keep(_ label: KeyBox.Label, at place: Int) {
        compartments.append(
            Compartment(
                label: KeyBoxDraft.Label(
                    name: label.name, dek: .kept(label: place), version: label.version,
                    fields: label.fields),
                fields: nil, old: place))
    }

    /// The compartment under its next version, and under a new key if it loses something; gone if no
    /// field is left.
    mutating func reseal(
        _ label: KeyBox.Label, at place: Int, fields: [FieldContent], loses: Bool
    ) {
        guard !fields.isEmpty else { return }
        compartments.append(
            Compartment(
                label: KeyBoxDraft.Label(
                    name: label.name, dek: loses ? .fresh : .kept(label: place),
                    version: label.version + 1, fields: fields.map(\.name)),
                fields: fields, old: place))
    }

    /// A compartment that comes anew, or further fields of one that did.
    mutating func add(_ name: String, fields added: [FieldContent]) {
        guard !added.isEmpty else { return }
        let place = compartments.firstIndex { $0.label.name == name }
        let fields = (place.flatMap { compartments[$0].fields } ?? []) + added
        let compartment = Compartment(
            label: KeyBoxDraft.Label(
                name: name, dek: .fresh, version: UInt32(clamping: generation),
                fields: fields.map(\.name)),
            fields: fields)
        if let place {
            compartments[place] = compartment
        } else {
            compartments.append(compartment)
        }
    }

    func place(of field: String) -> (label: Int, field: Int)? {
        for (label, compartment) in compartments.enumerated() {
            if let place = compartment.label.fields.firstIndex(of: field) { return (label, place) }
        }
        return nil
    }
}

extension UpdatedLayout {
    /// The record's index values in their places after the change, but those of fields that are left out.
    func values(
        of record: borrowing OpenRecord, leavingOut names: [String] = [],
        leftOut: (KeyManagement.IndexValue) -> Void = { _ in }
    ) throws(VaultError) -> [KeyBoxDraft.Value] {
        var values: [KeyBoxDraft.Value] = []
        for place in 0..<record.box.indexValueCount {
            guard let entry = try Self.indexValue(place, of: record) else { continue }
            guard entry.label != 255 else {
                values.append(KeyBoxDraft.Value(value: entry.value, field: nil))
                continue
            }
            let name = record.box.labels[entry.label].fields[entry.field]
            if names.contains(name) {
                leftOut(entry.value)
            } else {
                values.append(
                    KeyBoxDraft.Value(value: entry.value, field: self.place(of: name)))
            }
        }
        return values
    }

    /// Row and box of the record's next generation: what changed is sealed anew, the rest taken over.
    func seal(
        _ record: borrowing OpenRecord, values: [KeyBoxDraft.Value], flags: KeyBox.Flags,
        vault: VaultID
    ) throws(VaultError) -> StoredRecord {
        let id = record.stored.id
        do {
            let box = try KeyBoxDraft(
                kind: record.box.kind, flags: flags, createdSeconds: record.box.createdSeconds,
                company: record.box.company, labels: compartments.map(\.label), values: values
            ).build(keepingFrom: record.box)
            var row = RowWriter(
                vault: vault, record: id, compartmentCount: compartments.count)
            for (label, compartment) in compartments.enumerated() {
                if let fields = compartment.fields {
                    try row.seal(fields, under: label, of: box)
                } else if let old = compartment.old, let oldRow = record.row {
                    row.copy(oldRow.compartments[old], from: record.stored.fields)
                }
            }
            let segment = record.segment
            let place = KeyBox.Place(
                vault: vault, record: id, segment: segment.id, generation: generation)
            return StoredRecord(
                id: id, segment: segment.id, generation: generation,
                box: try box.seal(at: place, key: segment), fields: row.finish())
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.notReady, detail: (error as? KeyError)?.description)
        }
    }

    private static func indexValue(
        _ place: Int, of record: borrowing OpenRecord
    ) throws(VaultError) -> (value: KeyManagement.IndexValue, label: Int, field: Int)? {
        do throws(KeyError) {
            return try record.box.indexValue(place)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }
}
