import Catalogue
import Cryptography
import KeyManagement
import Storage
import StrictJSON

/// A merge patch, validated against the record that it changes.
struct RecordUpdate: Sendable {
    private static let members: Set<String> = ["fields", "source", "sources"]

    private let changes: [RecordDraft.Change]

    /// The names of the fields that change.
    var names: [String] { changes.map(\.field.name) }
    /// Whether a value goes.
    var removes: Bool { changes.contains(where: \.isRemoval) }
    /// Whether nothing changes.
    var isEmpty: Bool { changes.isEmpty }

    /// The fields that a body names, whether or not anything about them changes.
    static func names(in body: JSONValue, _ catalogue: Catalogue) -> [String] {
        (body["fields"]?.members ?? []).map(\.name).filter { catalogue.field(named: $0) != nil }
    }

    init(
        _ body: JSONValue, of record: borrowing OpenRecord, catalogue: Catalogue,
        settings: CatalogueSettings
    ) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        try RecordDraft.refuseUnknown(members, allowed: Self.members)
        let sources = try SourceMap(body)
        let required = catalogue.requiredFields(of: record.kind)
        var changes: [RecordDraft.Change] = []
        var failures: [ValidationFailure] = []
        for member in try RecordDraft.fields(of: body) {
            guard let field = catalogue.field(named: member.name) else {
                failures.append(ValidationFailure(pointer: "/fields", .unknownField))
                continue
            }
            if member.value.isNull {
                guard !required.contains(field.name) else {
                    failures.append(ValidationFailure(pointer: field.pointer, .required))
                    continue
                }
                guard record.place(of: field.name) != nil else { continue }
                changes.append(
                    RecordDraft.Change(
                        field: field, value: nil, source: sources.source(of: field.name)))
                continue
            }
            let merged = try Self.merge(member.value, into: record, field: field.name)
            do throws(ValidationFailure) {
                var change = try RecordDraft.change(
                    JSONMember(member.name, merged.value), kind: record.kind, sources: sources,
                    catalogue: catalogue, settings: settings)
                change.losesMember = merged.losesMember
                changes.append(change)
            } catch {
                failures.append(error)
            }
        }
        guard failures.isEmpty else { throw RecordDraft.refusal(failures) }
        try sources.checkUse(of: changes.map(\.field.name))
        self.changes = changes
    }

    /// Seals the changed compartments anew and takes the others over.
    func prepare(
        _ record: borrowing OpenRecord, segment: SegmentKey, vault: RecordVault
    ) throws(VaultError) -> PreparedRecord {
        let layout = try layout(of: record)
        var values: [KeyBoxDraft.Value] = []
        var writes: [Write] = []
        let chain = { vault.keyring.indexKey.chain(of: $0) }
        let id = record.stored.id
        for place in 0..<record.box.indexValueCount {
            guard let entry = try Self.indexValue(place, of: record) else { continue }
            let isCompany = entry.label == 255
            let name = isCompany ? "" : record.box.labels[entry.label].fields[entry.field]
            if !isCompany, names.contains(name) {
                writes.append(.removeFromIndex(chain(entry.value), id))
            } else {
                values.append(
                    KeyBoxDraft.Value(
                        value: entry.value, field: isCompany ? nil : layout.place(of: name)))
            }
        }
        var uniques: [PreparedRecord.Unique] = []
        for change in changes {
            for value in change.value?.indexValues ?? [] {
                let value = try vault.indexValue(key: value.key, normalised: value.normalised)
                values.append(
                    KeyBoxDraft.Value(value: value, field: layout.place(of: change.field.name)))
                writes.append(.addToIndex(chain(value), id))
                if change.field.isUnique {
                    uniques.append(vault.unique(change.field.name, value))
                }
            }
        }
        let stored = try seal(record, layout: layout, values: values, segment: segment, vault)
        if removes {
            writes.append(.markDirty(record.stored.segment))
        }
        return PreparedRecord(
            stored: stored, fields: names, uniques: uniques,
            writes: [.replace(stored)] + writes,
            expectations: [.generation(id, record.stored.generation)])
    }

    private func seal(
        _ record: borrowing OpenRecord, layout: UpdatedLayout, values: [KeyBoxDraft.Value],
        segment: SegmentKey, _ vault: RecordVault
    ) throws(VaultError) -> StoredRecord {
        let id = record.stored.id
        let generation = record.stored.generation + 1
        do {
            let box = try KeyBoxDraft(
                kind: record.box.kind, flags: record.box.flags,
                createdSeconds: record.box.createdSeconds, company: record.box.company,
                labels: layout.compartments.map(\.label), values: values
            ).build(keepingFrom: record.box)
            var row = RowWriter(
                vault: vault.keyring.vault, record: id,
                compartmentCount: layout.compartments.count)
            for (label, compartment) in layout.compartments.enumerated() {
                if let fields = compartment.fields {
                    try row.seal(fields, under: label, of: box)
                } else if let old = compartment.old, let oldRow = record.row {
                    row.copy(oldRow.compartments[old], from: record.stored.fields)
                }
            }
            let place = KeyBox.Place(
                vault: vault.keyring.vault, record: id, segment: segment.id,
                generation: generation)
            return StoredRecord(
                id: id, segment: segment.id, generation: generation,
                box: try box.seal(at: place, key: segment), fields: row.finish())
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.notReady, detail: (error as? KeyError)?.description)
        }
    }

    private func layout(of record: borrowing OpenRecord) throws(VaultError) -> UpdatedLayout {
        guard let row = record.row, row.compartments.count == record.box.labels.count else {
            throw VaultError(.damaged, detail: "row of record \(record.stored.id)")
        }
        var layout = UpdatedLayout(generation: record.stored.generation + 1)
        for (place, label) in record.box.labels.enumerated() {
            let touching = changes.filter { $0.field.compartment == label.name }
            guard !touching.isEmpty else {
                layout.keep(label, at: place)
                continue
            }
            layout.change(
                label, at: place, fields: try record.fields(of: place), by: touching)
        }
        let known = Set(record.box.labels.map(\.name))
        for change in changes where !known.contains(change.field.compartment) {
            layout.add(change)
        }
        return layout
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

    /// RFC 7396 within one field.
    private static func merge(
        _ patch: JSONValue, into record: borrowing OpenRecord, field: String
    ) throws(VaultError) -> (value: JSONValue, losesMember: Bool) {
        guard patch.members != nil, let place = record.place(of: field) else {
            return (patch.applied(to: nil), false)
        }
        let content = try record.fields(of: place.label)[place.field]
        let known = try? JSONParser.parse(content.json)
        return (patch.applied(to: known), patch.removes(from: known))
    }
}

extension JSONValue {
    /// The JSON merge patch algorithm of RFC 7396, section 2.
    fileprivate func applied(to target: JSONValue?) -> JSONValue {
        guard let changes = members else { return self }
        var merged = target?.members ?? []
        for change in changes {
            let place = merged.firstIndex { $0.name == change.name }
            let old = place.map { merged[$0].value }
            if let place { merged.remove(at: place) }
            if !change.value.isNull {
                merged.append(JSONMember(change.name, change.value.applied(to: old)))
            }
        }
        return .object(merged)
    }

    /// Whether a merge patch takes a member away that the target has.
    fileprivate func removes(from target: JSONValue?) -> Bool {
        (members ?? []).contains { change in
            guard let old = target?[change.name] else { return false }
            return change.value.isNull || change.value.removes(from: old)
        }
    }
}

/// The compartments of a record after an update.
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

    init(generation: UInt64) {
        self.generation = generation
    }

    mutating func keep(_ label: KeyBox.Label, at place: Int) {
        compartments.append(
            Compartment(
                label: KeyBoxDraft.Label(
                    name: label.name, dek: .kept(label: place), version: label.version,
                    fields: label.fields),
                fields: nil, old: place))
    }

    /// The compartment under its next version; without a field if all of them go.
    mutating func change(
        _ label: KeyBox.Label, at place: Int, fields: [FieldContent],
        by changes: [RecordDraft.Change]
    ) {
        var fields = fields
        for change in changes {
            let known = fields.firstIndex { $0.name == change.field.name }
            switch (known, change.value) {
            case (let known?, nil): fields.remove(at: known)
            case (let known?, _?): fields[known] = change.content
            case (nil, _?): fields.append(change.content)
            case (nil, nil): break
            }
        }
        guard !fields.isEmpty else { return }
        let loses = changes.contains(where: \.isRemoval)
        compartments.append(
            Compartment(
                label: KeyBoxDraft.Label(
                    name: label.name, dek: loses ? .fresh : .kept(label: place),
                    version: label.version + 1, fields: fields.map(\.name)),
                fields: fields, old: place))
    }

    mutating func add(_ change: RecordDraft.Change) {
        guard change.value != nil else { return }
        let name = change.field.compartment
        let place = compartments.firstIndex { $0.label.name == name }
        let fields = (place.flatMap { compartments[$0].fields } ?? []) + [change.content]
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
