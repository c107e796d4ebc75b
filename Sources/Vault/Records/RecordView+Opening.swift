import Catalogue
import Cryptography
import KeyManagement
import Storage

extension RecordView {
    /// Opens the planned fields of a record, straight into the bytes of the answer.
    ///
    /// - Parameter shield: What a protection leaves to the caller; `nil`: the person has none.
    init(
        _ record: borrowing OpenRecord, plan: FieldPlan, shield: ProtectionShield?,
        includesSources: Bool, catalogue: Catalogue, vault: VaultID
    ) throws(VaultError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        var fields: [Field] = []
        fields.reserveCapacity(8)
        var withheld: [(field: String, reason: String)] = []
        var sources: [(field: String, label: String)] = []
        var data = FieldData(vault: vault, record: record.stored.id)
        for (label, entry) in record.box.labels.enumerated() {
            guard entry.fields.contains(where: { plan.view(of: $0) != nil }) else { continue }
            let dek = try record.dek(of: label)
            for (place, name) in entry.fields.enumerated() {
                guard let planned = plan.view(of: name) else { continue }
                var view = planned
                if let shield {
                    guard let limit = shield.limit(of: name, to: planned) else {
                        withheld.append((name, "protected"))
                        continue
                    }
                    view = limit
                }
                let start = bytes.count
                if let fault = record.open(
                    (label, place), dek: dek, data: &data, appendingTo: &bytes)
                {
                    withheld.append((name, fault.rawValue))
                    continue
                }
                guard let source = FieldContent.sourceRange(in: bytes[start...]) else {
                    withheld.append((name, OpenRecord.Fault.damaged.rawValue))
                    continue
                }
                if includesSources {
                    sources.append((name, String(decoding: bytes[source], as: UTF8.self)))
                }
                if view == .plain {
                    fields.append(Field(name: name, range: source.upperBound..<bytes.count))
                    continue
                }
                let masked = catalogue.mask(json: Array(bytes[source.upperBound...]), of: name)
                bytes.withUnsafeMutableBytes {
                    Wiping.wipe(UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
                }
                bytes.removeLast(bytes.count - start)
                if let masked {
                    bytes += masked
                    fields.append(Field(name: name, range: start..<bytes.count))
                } else {
                    withheld.append((name, "masked"))
                }
            }
        }
        id = record.stored.id
        kind = record.kind
        version = record.stored.generation
        company = record.box.company
        isRestricted = record.isRestricted
        self.fields = fields
        self.bytes = bytes
        self.withheld = withheld
        self.sources = sources
    }

    /// A restricted record as it is shown to those who may not have it: that it is there, and nothing of
    /// it, not even which of the planned fields it has.
    init(withholding record: borrowing OpenRecord, plan: FieldPlan) {
        id = record.stored.id
        kind = record.kind
        version = record.stored.generation
        company = record.box.company
        isRestricted = true
        fields = []
        bytes = []
        withheld = plan.fields.map { ($0, "restricted") }
        sources = []
    }
}
