import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import VaultAPI

/// The JSON body of a request.
extension Request {
    /// Parses the body strictly.
    ///
    /// - Parameter mediaTypes: What `Content-Type` may name; parameters after it may only say that
    ///   the charset is UTF-8 (RFC 8259, 11).
    func json(
        as mediaTypes: [String] = [APIMediaType.json], within limits: JSONLimits
    ) async throws -> JSONValue {
        try JSONParser.parse(await jsonBytes(as: mediaTypes, within: limits), within: limits)
    }

    /// The bytes of a JSON body, which need not be JSON yet.
    func jsonBytes(
        as mediaTypes: [String] = [APIMediaType.json], within limits: JSONLimits
    ) async throws -> ByteBuffer {
        guard let type = headers[.contentType], isMediaType(type, oneOf: mediaTypes) else {
            throw Problem(.notJSON)
        }
        return try await body.collect(upTo: limits.maximumBytes)
    }
}

extension JSONParser {
    /// Parses a buffer; a failure is a problem that names the rule and the byte.
    static func parse(_ buffer: ByteBuffer, within limits: JSONLimits) throws(Problem) -> JSONValue
    {
        let result = buffer.withUnsafeReadableBytes { bytes -> Result<JSONValue, JSONError> in
            do throws(JSONError) {
                return .success(try JSONParser.parse(bytes, limits: limits))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            var problem = Problem(.malformedJSON)
            problem.rule = error.rule.rawValue
            problem.offset = error.offset
            throw problem
        }
    }
}

private func isMediaType(_ text: String, oneOf mediaTypes: [String]) -> Bool {
    if mediaTypes.contains(text) { return true }
    let parts = text.lowercased().split(separator: ";").map { $0.filter { $0 != " " } }
    guard let type = parts.first, mediaTypes.contains(String(type)) else { return false }
    return parts.dropFirst().allSatisfy { ["charset=utf-8", "charset=\"utf-8\""].contains($0) }
}
