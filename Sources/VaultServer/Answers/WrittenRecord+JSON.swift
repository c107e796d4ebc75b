import Storage
import StrictJSON
import Vault

extension JSONWriter {
    /// Writes what a create or an update answers.
    mutating func written(_ record: WrittenRecord) {
        beginObject()
        member("id", record.id.description)
        member("version", record.version)
        endObject()
    }
}
