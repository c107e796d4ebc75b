import Catalogue
import Storage
import StrictJSON
import Vault

extension JSONWriter {
    /// Writes a record as a read answers it.
    mutating func record(_ view: RecordView) {
        beginObject()
        identity(of: view)
        member("state", view.isRestricted ? "restricted" : "live")
        if let company = view.company { member("company", company.description) }
        fields(of: view)
        if !view.sources.isEmpty {
            name("sources")
            beginObject()
            for source in view.sources { member(source.field, source.label) }
            endObject()
        }
        endObject()
    }

    /// Writes a record as a search answers it.
    mutating func match(_ view: RecordView) {
        beginObject()
        identity(of: view)
        if let company = view.company { member("company", company.description) }
        fields(of: view)
        endObject()
    }

    private mutating func identity(of view: RecordView) {
        member("id", view.id.description)
        member("kind", view.kind.rawValue)
        member("version", view.version)
    }

    private mutating func fields(of view: RecordView) {
        name("fields")
        beginObject()
        for field in view.fields {
            member(field.name, fragment: view.bytes[field.range])
        }
        endObject()
        name("withheld")
        beginObject()
        for withheld in view.withheld { member(withheld.field, withheld.reason) }
        endObject()
    }
}

extension RecordView {
    /// Room for the record as JSON.
    var jsonCapacity: Int { bytes.count + 320 + 24 * (fields.count + withheld.count) }
}
