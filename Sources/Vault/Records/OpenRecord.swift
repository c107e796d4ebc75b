import Catalogue
import Cryptography
import KeyManagement
import Storage

/// A stored record with its key box open: fields are opened one by one, as far as they are asked for.
struct OpenRecord: ~Copyable {
    /// Why a field that should be there can't be shown.
    enum Fault: String, Sendable {
        /// The row is older than its key box says.
        case stale
        /// It was altered, or its row is not one.
        case damaged
    }

    let stored: StoredRecord
    /// The key that opened the box: what is made of the record is sealed by the same, or not committed.
    let segment: SegmentKey
    let kind: RecordKind
    let box: KeyBox
    let row: RecordRow?
    let vault: VaultID

    init(_ stored: StoredRecord, key: SegmentKey, vault: VaultID) throws(VaultError) {
        self.stored = stored
        segment = key
        self.vault = vault
        do throws(KeyError) {
            box = try KeyBox.open(
                stored.box,
                at: KeyBox.Place(
                    vault: vault, record: stored.id, segment: stored.segment,
                    generation: stored.generation),
                key: key)
        } catch {
            throw VaultError(
                error.code == .keyBoxDamaged ? .damaged : .notReady, detail: error.description)
        }
        kind = RecordKind(code: box.kind)
        row = RecordRow(stored.fields)
    }

    /// Where a field lies; `nil` if the record has none of this name.
    func place(of field: String) -> (label: Int, field: Int)? {
        for (label, entry) in box.labels.enumerated() {
            if let place = entry.fields.firstIndex(of: field) { return (label, place) }
        }
        return nil
    }

    /// Opens a field: appends `sl(source) json` to `output`, or says why it can't be shown.
    func open(
        _ place: (label: Int, field: Int), dek: borrowing SecretBytes, data: inout FieldData,
        appendingTo output: inout [UInt8]
    ) -> Fault? {
        let label = box.labels[place.label]
        guard let row else { return .damaged }
        guard row.compartments.count == box.labels.count else { return fault(ofLayout: row) }
        let compartment = row.compartments[place.label]
        guard compartment.dekID == label.dekID else {
            return fault(of: compartment, in: row, label: label)
        }
        guard compartment.fields.count == label.fields.count else {
            return compartment.version < label.version ? .stale : .damaged
        }
        let start = output.count
        func opens(version: UInt32) -> Bool {
            data.name(label: label.name, field: label.fields[place.field], version: version)
            let isOpen = stored.fields.withUnsafeBytes { bytes in
                let sealed = UnsafeRawBufferPointer(
                    rebasing: bytes[compartment.fields[place.field]])
                return
                    (try? AEAD.open(
                        sealed, associatedData: data.bytes, key: dek, appendingTo: &output))
                    != nil
            }
            return isOpen && (try? Padding.values.unpad(&output, from: start)) != nil
        }
        if compartment.version == label.version {
            return opens(version: label.version) ? nil : .damaged
        }
        guard compartment.version < label.version else { return .damaged }
        defer { output.removeLast(output.count - start) }
        return opens(version: compartment.version) ? .stale : .damaged
    }

    /// All fields of a compartment.
    ///
    /// - Throws: ``VaultError/Code/damaged`` when one of them can't be opened.
    func fields(of label: Int) throws(VaultError) -> [FieldContent] {
        let dek = try self.dek(of: label)
        var data = FieldData(vault: vault, record: stored.id)
        var contents: [FieldContent] = []
        for (place, name) in box.labels[label].fields.enumerated() {
            var plaintext: [UInt8] = []
            defer { Wiping.wipe(&plaintext) }
            if let fault = open(
                (label, place), dek: dek, data: &data, appendingTo: &plaintext)
            {
                throw VaultError(
                    .damaged, detail: "field \(name) of record \(stored.id): \(fault.rawValue)")
            }
            guard let content = FieldContent(name: name, plaintext: plaintext[...]) else {
                throw VaultError(.damaged, detail: "field \(name) of record \(stored.id)")
            }
            contents.append(content)
        }
        return contents
    }

    func dek(of label: Int) throws(VaultError) -> SecretBytes {
        do throws(KeyError) {
            return try box.dek(of: label)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    /// A row with more or fewer compartments than the box is an older one if they share a key.
    private func fault(ofLayout row: RecordRow) -> Fault {
        let isOlder = row.compartments.contains { compartment in
            box.labels.contains { $0.dekID == compartment.dekID }
        }
        return isOlder ? .stale : .damaged
    }

    /// A compartment under another key is an older one, or stands where another stood since.
    private func fault(
        of compartment: RecordRow.Compartment, in row: RecordRow, label: KeyBox.Label
    ) -> Fault {
        let isOlder =
            compartment.version < label.version
            || box.labels.contains { $0.dekID == compartment.dekID }
            || row.compartments.contains { $0.dekID == label.dekID }
        return isOlder ? .stale : .damaged
    }
}

extension RecordKind {
    /// The number in the key box.
    var code: UInt8 {
        switch self {
        case .person: 1
        case .company: 2
        case .contact: 3
        }
    }

    /// The kind of a number; a box is authenticated, so any other is a contact's by construction.
    init(code: UInt8) {
        switch code {
        case 1: self = .person
        case 2: self = .company
        default: self = .contact
        }
    }
}
