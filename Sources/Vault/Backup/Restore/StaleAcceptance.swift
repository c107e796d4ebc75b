import Catalogue
import Cryptography
import KeyManagement
import Storage
import StrictJSON

/// A record whose older compartments an operator accepts: what opens under its own version is sealed
/// anew, what does not is given up, and index values are those of what is there.
struct StaleAcceptance {
    private var layout: UpdatedLayout
    /// The fields whose index values in the box are of newer values than the row's.
    private var outdated: [String] = []
    private var values: [(field: String, value: KeyManagement.IndexValue)] = []
    private let vault: VaultID

    /// `nil` where nothing of it would be left.
    init?(
        of record: borrowing OpenRecord, keyring: Keyring, catalogue: Catalogue
    ) throws {
        vault = keyring.vault
        let index = keyring.index(of: record.segment)
        layout = try UpdatedLayout(of: record)
        guard let row = record.row else { return nil }
        for (place, label) in record.box.labels.enumerated() {
            let compartment = row.compartments[place]
            if compartment.version == label.version {
                layout.keep(label, at: place)
                continue
            }
            outdated += label.fields
            guard compartment.fields.count == label.fields.count,
                let fields = try record.fields(of: place, sealedAs: compartment.version)
            else { continue }
            layout.reseal(label, at: place, fields: fields, loses: false)
            for field in fields {
                guard let json = try? JSONParser.parse(field.json),
                    let value = try? catalogue.validate(
                        field: field.name, value: json, kind: record.kind,
                        settings: CatalogueSettings(acceptArtificialHenkilotunnus: true))
                else { continue }
                for found in value.indexValues {
                    values.append(
                        (
                            field.name,
                            try index.secret.value(
                                key: found.key, normalised: found.normalised)
                        ))
                }
            }
        }
        guard !layout.compartments.isEmpty else { return nil }
    }

    /// Box and row of the record's next generation.
    func seal(_ record: borrowing OpenRecord) throws(VaultError) -> StoredRecord {
        var kept = try layout.values(of: record, leavingOut: outdated)
        for (field, value) in values {
            kept.append(KeyBoxDraft.Value(value: value, field: layout.place(of: field)))
        }
        return try layout.seal(
            record, values: kept, flags: record.box.flags, vault: vault)
    }
}

extension OpenRecord {
    /// All fields of a compartment that lies in the row under another version than the box says; `nil` if
    /// one does not open.
    fileprivate func fields(
        of place: Int, sealedAs version: UInt32
    ) throws(VaultError) -> [FieldContent]? {
        guard let row else { return nil }
        let dek = try dek(of: place)
        let label = box.labels[place]
        var data = FieldData(vault: vault, record: stored.id)
        var contents: [FieldContent] = []
        for (field, range) in zip(label.fields, row.compartments[place].fields) {
            data.name(label: label.name, field: field, version: version)
            var plaintext: [UInt8] = []
            defer { Wiping.wipe(&plaintext) }
            let isOpen = stored.fields.withUnsafeBytes { bytes in
                (try? AEAD.open(
                    UnsafeRawBufferPointer(rebasing: bytes[range]), associatedData: data.bytes,
                    key: dek, appendingTo: &plaintext)) != nil
            }
            guard isOpen, (try? Padding.values.unpad(&plaintext, from: 0)) != nil,
                let content = FieldContent(name: field, plaintext: plaintext[...])
            else { return nil }
            contents.append(content)
        }
        return contents
    }
}
