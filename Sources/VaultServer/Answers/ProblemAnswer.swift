import HTTPTypes
import Hummingbird
import NIOCore
import VaultAPI

/// Problems as answers: `application/problem+json` (RFC 9457).
enum ProblemAnswer {
    /// Head and body of a problem's answer, for a connection that answers without its routes.
    static func parts(of problem: Problem) -> (HTTPResponse, ByteBuffer) {
        let body = ByteBuffer(bytes: problem.encoded())
        var fields = fields
        fields.append(.contentLength, String(body.readableBytes))
        if let requestID = problem.requestID { fields.append(.aittaRequestID, requestID) }
        return (
            HTTPResponse(status: HTTPResponse.Status(code: problem.status), headerFields: fields),
            body
        )
    }

    /// A problem as a response of a route, with further fields of its own; the request id is added
    /// where all answers pass.
    static func response(to problem: Problem, adding further: HTTPFields? = nil) -> Response {
        var fields = fields
        if let further { fields.append(contentsOf: further) }
        return Response(
            status: HTTPResponse.Status(code: problem.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.encoded())))
    }

    private static let fields: HTTPFields = [
        .contentType: APIMediaType.problem, .cacheControl: "no-store",
    ]
}

extension HTTPFields {
    /// Adds a field.
    mutating func append(_ name: HTTPField.Name, _ value: String) {
        append(HTTPField(name: name, value: value))
    }
}
