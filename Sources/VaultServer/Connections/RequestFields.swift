import HTTPTypes
import NIOHTTP1
import Vault
import VaultAPI

/// The header fields that the interface knows. All others are dropped where they arrive: what is
/// not kept can't be logged, and costs nothing.
enum RequestFields {
    private static let known: [(lowercased: String, name: HTTPField.Name)] = [
        .contentType, .ifMatch, .aittaPurpose, .idempotencyKey,
    ].map { ($0.canonicalName, $0) }

    /// Reads the fields of a request: those for the routes, and those for the connection.
    ///
    /// - Returns: `isEncoded`: whether the body has an encoding beside `chunked`.
    static func read(
        _ headers: HTTPHeaders
    ) -> (fields: HTTPFields, contentLength: String?, expectation: String?, isEncoded: Bool) {
        var fields = HTTPFields()
        var contentLength: String?
        var expectation: String?
        var isEncoded = false
        for (name, value) in headers {
            if matches(name, "authorization") {
                fields[.presentedToken] = digest(of: value, besides: fields[.presentedToken])
            } else if let known = known.first(where: { matches(name, $0.lowercased) }) {
                fields.append(HTTPField(name: known.name, value: value))
            } else if matches(name, "content-length") {
                contentLength = value
            } else if matches(name, "expect") {
                expectation = value
            } else if matches(name, "transfer-encoding") {
                isEncoded = isEncoded || value.lowercased() != "chunked"
            }
        }
        return (fields, contentLength, expectation, isEncoded)
    }

    /// What stands for a token from here on: its digest, so that no route, log or answer ever holds
    /// what could be presented. Nothing for what is no token, and for a second one.
    private static func digest(of authorization: String, besides other: String?) -> String {
        guard other == nil, let token = PresentedToken(authorization: authorization) else {
            return ""
        }
        return token.text
    }

    private static func matches(_ name: String, _ lowercased: String) -> Bool {
        name.utf8.count == lowercased.utf8.count
            && name.utf8.elementsEqual(lowercased.utf8) { $0 == $1 || $0 | 0x20 == $1 }
    }
}

extension HTTPField.Name {
    /// `Aitta-Purpose`.
    static let aittaPurpose = known(APIHeader.purpose)
    /// `Idempotency-Key`.
    static let idempotencyKey = known(APIHeader.idempotencyKey)
    /// The digest of the token in `Authorization`; no header of this name is read from requests.
    static let presentedToken = known("Aitta-Presented-Token")
    /// `Aitta-Request-Id`.
    static let aittaRequestID = known(APIHeader.requestID)

    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("the interface's header names are tokens")
        }
        return name
    }
}
