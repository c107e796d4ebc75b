import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import VaultAPI

/// Answers whose body is JSON. The request id is added where all answers pass.
extension Response {
    /// An answer with the bytes of a JSON value.
    static func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, etag version: UInt64? = nil,
        location: String? = nil
    ) -> Response {
        var fields = HTTPFields()
        fields.append(.contentType, APIMediaType.json)
        fields.append(.cacheControl, "no-store")
        if let version { fields.append(.eTag, "\"\(version)\"") }
        if let location { fields.append(.location, location) }
        return Response(
            status: status, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// An answer with a JSON object that `write` fills.
    static func json(
        status: HTTPResponse.Status = .ok, capacity: Int = 256,
        _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var writer = JSONWriter(capacity: capacity)
        writer.beginObject()
        try write(&writer)
        writer.endObject()
        return json(writer.bytes, status: status)
    }

    /// A list that is one page.
    static func page(_ items: [JSONValue]) -> Response {
        page(next: nil, capacity: 256 * items.count + 64) { writer in
            for item in items { writer.value(item) }
        }
    }

    /// A page of a list: items that `write` adds, and where the next page begins.
    static func page(
        next: String?, capacity: Int = 1024, _ write: (inout JSONWriter) -> Void
    ) -> Response {
        json(capacity: capacity) { writer in
            writer.name("items")
            writer.beginArray()
            write(&writer)
            writer.endArray()
            writer.name("next")
            if let next { writer.string(next) } else { writer.null() }
        }
    }
}
