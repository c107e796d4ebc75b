import HTTPTypes
import Hummingbird
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

extension Response {
    /// What a change of a record answers.
    static func written(_ record: WrittenRecord, status: HTTPResponse.Status = .ok) -> Response {
        var writer = JSONWriter(capacity: 64)
        writer.written(record)
        return .json(writer.bytes, status: status, etag: record.version)
    }
}
