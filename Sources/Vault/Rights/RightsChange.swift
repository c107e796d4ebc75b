import Catalogue
import KeyManagement
import Storage
import StrictJSON

/// A change of one field of a record's rights compartment.
struct RightsChange: Sendable {
    /// Where nothing proves more: the fields of the compartment come from the vault itself.
    private static let source = ""

    let field: RightsField
    /// What the field holds afterwards; `nil` removes it.
    let json: JSONValue?
    /// The audit entry's field and reason.
    let logged: (field: String, reason: String)
    /// Whether something that was open is closed by it, so that answers under way are outwaited.
    let closes: Bool

    /// Whether a value goes, so that the compartment gets a new key.
    var removes: Bool { json == nil }

    /// Seals the compartment anew and takes the others over.
    func prepare(
        _ record: borrowing OpenRecord, keys: KeyUse, vault: RecordVault
    ) throws(VaultError) -> PreparedRecord {
        var layout = try UpdatedLayout(of: record)
        var isThere = false
        for (place, label) in record.box.labels.enumerated() {
            if label.name == RightsField.label {
                isThere = true
                layout.reseal(
                    label, at: place, fields: changed(try record.fields(of: place)),
                    loses: removes)
            } else {
                layout.keep(label, at: place)
            }
        }
        if !isThere { layout.add(RightsField.label, fields: changed([])) }
        let id = record.stored.id
        let stored = try layout.seal(
            record, values: try layout.values(of: record), flags: flags(record.box.flags),
            vault: vault.keyring.vault)
        return PreparedRecord(
            stored: stored, keys: keys.sealing(under: record.segment), fields: [], uniques: [],
            writes: [.replace(stored)]
                + (removes
                    ? [.markDirty(record.stored.segment, epoch: vault.keyring.kek.epoch)] : []),
            expectations: [.generation(id, record.stored.generation)])
    }

    private func changed(_ fields: [FieldContent]) -> [FieldContent] {
        var fields = fields.filter { $0.name != field.rawValue }
        if let json {
            fields.append(
                FieldContent(name: field.rawValue, source: Self.source, json: json.encoded()))
        }
        return fields
    }

    private func flags(_ flags: KeyBox.Flags) -> KeyBox.Flags {
        let flag: KeyBox.Flags =
            switch field {
            case .consents, .objections, .holds: []
            case .restriction: .restricted
            case .protection: .protected
            case .erasure: .awaitsErasure
            }
        return removes ? flags.subtracting(flag) : flags.union(flag)
    }
}
