import HTTPTypes
import NIOCore
import NIOHTTP1
import Vault
import VaultAPI

/// Puts the parts of a request together, within its limits.
///
/// A body of `application/octet-stream` is a passphrase: it is moved on into one buffer, and the buffers that
/// the socket was read into are wiped.
struct RequestAssembly {
    private let limits: ConnectionLimits
    private var head: HTTPRequest?
    private var isLast = false
    private var body: ByteBuffer?
    private var isSecret = false

    /// What a part led to.
    enum Step {
        /// More has to come.
        case incomplete
        /// The client waits to be told that its body is wanted (RFC 9110, 10.1.1).
        case wantsContinue
        /// A whole request, and whether the connection ends with it.
        case request(HTTPRequest, ByteBuffer?, isLast: Bool)
    }

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Takes the next part.
    mutating func read(
        _ part: HTTPServerRequestPart, for admission: Admission
    ) throws(Problem) -> Step {
        switch part {
        case .head(let head): return try begin(head, admission)
        case .body(let bytes):
            try append(bytes)
            return .incomplete
        case .end:
            guard let head else { throw Problem(.malformedRequest) }
            guard body == nil || takesBody(head.method) else {
                throw Problem(.malformedRequest, detail: "this method takes no body")
            }
            defer {
                self.head = nil
                body = nil
            }
            return .request(head, body, isLast: isLast)
        }
    }

    private mutating func begin(
        _ head: HTTPRequestHead, _ admission: Admission
    ) throws(Problem) -> Step {
        let path = try RequestTarget.path(of: head.uri)
        if admission == .healthOnly, path != APIPath.health, path != APIPath.ready {
            throw Problem(.tooManyConnections)
        }
        guard let method = HTTPRequest.Method(rawValue: head.method.rawValue) else {
            throw Problem(.malformedRequest)
        }
        let (fields, length, expectation, isEncoded) = RequestFields.read(head.headers)
        guard !isEncoded else {
            throw Problem(
                .malformedRequest,
                violations: [Violation(.header("Transfer-Encoding"), rule: "chunked")])
        }
        isSecret = fields[.contentType] == APIMediaType.octetStream
        if let length {
            guard let bytes = Int(length), bytes <= maximumBytes else {
                throw Problem(.bodyTooLarge)
            }
        }
        self.head = HTTPRequest(
            method: method, scheme: nil, authority: nil, path: path, headerFields: fields)
        isLast = !head.isKeepAlive
        switch expectation {
        case nil: return .incomplete
        case .some(let text) where text.lowercased() == "100-continue": return .wantsContinue
        case .some:
            throw Problem(
                .malformedRequest, violations: [Violation(.header("Expect"), rule: "unsupported")])
        }
    }

    private mutating func append(_ bytes: ByteBuffer) throws(Problem) {
        defer { if isSecret { PresentedPassphrase.wipe(inPlace: bytes) } }
        guard (body?.readableBytes ?? 0) + bytes.readableBytes <= maximumBytes else {
            throw Problem(.bodyTooLarge)
        }
        if isSecret, body == nil { body = ByteBufferAllocator().buffer(capacity: maximumBytes) }
        if body == nil {
            body = bytes
        } else {
            body?.writeImmutableBuffer(bytes)
        }
    }

    private var maximumBytes: Int { isSecret ? APILimits.passphraseBytes : limits.bodyBytes }

    private func takesBody(_ method: HTTPRequest.Method) -> Bool {
        method == .post || method == .patch || method == .put
    }
}
