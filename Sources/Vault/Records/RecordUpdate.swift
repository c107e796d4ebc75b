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
    /// The names of the fields of which a value goes.
    var removals: [String] { changes.filter(\.isRemoval).map(\.field.name) }
    /// Whether nothing changes.
    var isEmpty: Bool { changes.isEmpty }

    /// The fields that a body names, whether or not anything about them changes.
    static func names(in body: JSONValue, _ catalogue: Catalogue) -> [String] {
        (body["fields"]?.members ?? []).map(\.name).filter { catalogue.field(named: $0) != nil }
    }

    /// - Parameter seen: The fields that the caller may read as they are. Of any other a patch is the whole
    ///   value: merged with one that is hidden, its validation would tell of what is hidden.
    init(
        _ body: JSONValue, of record: borrowing OpenRecord, seen: Set<String>,
        catalogue: Catalogue, settings: CatalogueSettings
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
            let merged =
                seen.contains(field.name)
                ? try Self.merge(member.value, into: record, field: field.name)
                : Self.replace(member.value, in: record, field: field.name)
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
        _ record: borrowing OpenRecord, keys: KeyUse, vault: RecordVault
    ) throws(VaultError) -> PreparedRecord {
        let layout = try layout(of: record)
        var writes: [Write] = []
        let keyring = vault.keyring
        let index = keyring.index(of: record.segment)
        let id = record.stored.id
        var values = try layout.values(of: record, leavingOut: names) { value in
            writes += index.chains(of: value).map { .removeFromIndex($0, id) }
        }
        var uniques: [PreparedRecord.Unique] = []
        for change in changes {
            for entry in change.value?.indexValues ?? [] {
                let value = try index.value(key: entry.key, normalised: entry.normalised)
                values.append(
                    KeyBoxDraft.Value(value: value, field: layout.place(of: change.field.name)))
                writes += index.chains(of: value).map { .addToIndex($0, id) }
                if change.field.isUnique {
                    uniques.append(
                        PreparedRecord.Unique(
                            field: change.field.name,
                            value: try vault.sought(
                                key: entry.key, normalised: entry.normalised)))
                }
            }
        }
        let stored = try layout.seal(
            record, values: values, flags: record.box.flags, vault: vault.keyring.vault)
        if removes {
            writes.append(.markDirty(record.stored.segment, epoch: keyring.kek.epoch))
        }
        return PreparedRecord(
            stored: stored, keys: keys.sealing(under: record.segment), fields: names,
            uniques: uniques,
            writes: [.replace(stored)] + writes,
            expectations: [.generation(id, record.stored.generation)])
    }

    private func layout(of record: borrowing OpenRecord) throws(VaultError) -> UpdatedLayout {
        var layout = try UpdatedLayout(of: record)
        for (place, label) in record.box.labels.enumerated() {
            let touching = changes.filter { $0.field.compartment == label.name }
            guard !touching.isEmpty else {
                layout.keep(label, at: place)
                continue
            }
            layout.reseal(
                label, at: place, fields: Self.fields(try record.fields(of: place), touching),
                loses: touching.contains(where: \.isRemoval))
        }
        let known = Set(record.box.labels.map(\.name))
        for change in changes where !known.contains(change.field.compartment) {
            layout.add(
                change.field.compartment, fields: change.value == nil ? [] : [change.content])
        }
        return layout
    }

    private static func fields(
        _ fields: [FieldContent], _ changes: [RecordDraft.Change]
    ) -> [FieldContent] {
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
        return fields
    }

    /// A value in place of one that the caller doesn't see: whatever that held goes.
    private static func replace(
        _ value: JSONValue, in record: borrowing OpenRecord, field: String
    ) -> (value: JSONValue, losesMember: Bool) {
        let hasMembers = value.members != nil
        return (value.applied(to: nil), hasMembers && record.place(of: field) != nil)
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
