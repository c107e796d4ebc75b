import HTTPTypes
import Hummingbird
import Storage
import VaultAPI

/// The header fields of a request that carry more than text.
extension Request {
    /// The version in `If-Match: "3"`; nil without the header (RFC 9110, 13.1.1).
    func ifMatch() throws(Problem) -> UInt64? {
        guard let text = headers[.ifMatch] else { return nil }
        let digits = text.utf8.dropFirst().dropLast()
        guard text.utf8.count >= 3, text.utf8.first == UInt8(ascii: "\""),
            text.utf8.last == UInt8(ascii: "\""),
            digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let version = UInt64(Substring(digits))
        else { throw Self.invalid(APIHeader.ifMatch, rule: "quoted-version") }
        return version
    }

    /// The UUID in `Idempotency-Key`, in lower case; nil without the header.
    func idempotencyKey() throws(Problem) -> String? {
        guard let text = headers[.idempotencyKey] else { return nil }
        guard let key = RecordID(text) else {
            throw Self.invalid(APIHeader.idempotencyKey, rule: "uuid")
        }
        return key.description
    }

    private static func invalid(_ header: String, rule: String) -> Problem {
        Problem(.malformedRequest, violations: [Violation(.header(header), rule: rule)])
    }
}
