import HTTPTypes
import NIOCore

/// Writes an answer as HTTP/1.1 (RFC 9112) into one buffer, which takes one write.
enum AnswerEncoder {
    /// Tells a client to send its body.
    static let continueLine: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    private static let headBytes = 384

    /// The bytes of an answer. `head` holds the content length already.
    static func encode(
        _ head: HTTPResponse, _ body: ByteBuffer, isLast: Bool, allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: headBytes + body.readableBytes)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(head.status.code))
        buffer.writeInteger(UInt8(ascii: " "))
        buffer.writeString(head.status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        for field in head.headerFields {
            buffer.writeString(field.name.rawName)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if isLast { buffer.writeStaticString("Connection: close\r\n") }
        buffer.writeStaticString("\r\n")
        buffer.writeImmutableBuffer(body)
        return buffer
    }
}
