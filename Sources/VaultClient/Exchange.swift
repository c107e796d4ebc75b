import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON
import VaultAPI

/// One request: what is sent, and whether it may be sent again when its outcome is unknown.
struct Exchange: Sendable {
    var method: HTTPMethod
    var path: String
    var body: [UInt8]?
    /// A body that whoever sends it wipes.
    var secret: ByteBuffer?
    var contentType = APIMediaType.json
    var headers: [(name: String, value: String)] = []
    /// True of reads, and of changes that carry an idempotency key.
    var isRepeatable: Bool

    static func get(_ path: String, query: [(name: String, value: String)] = []) -> Exchange {
        let terms = query.map { PercentEncoding.encode($0.name) + "=" + $0.value }
        let suffix = terms.isEmpty ? "" : "?" + terms.joined(separator: "&")
        return Exchange(method: .GET, path: path + suffix, isRepeatable: true)
    }

    /// A POST that changes nothing.
    static func query(_ path: String, _ body: JSONValue) -> Exchange {
        Exchange(method: .POST, path: path, body: body.encoded(), isRepeatable: true)
    }

    /// A POST that the vault carries out once.
    static func change(_ path: String, _ body: [UInt8], _ key: IdempotencyKey) -> Exchange {
        Exchange(
            method: .POST, path: path, body: body,
            headers: [(APIHeader.idempotencyKey, key.text)], isRepeatable: true)
    }
}

/// What came back: a success.
struct Answer: Sendable {
    var status: Int
    var body: ByteBuffer

    /// The body, which must be JSON.
    func json(limit: Int) throws(VaultClientError) -> JSONValue {
        let limits = JSONLimits(maximumBytes: limit, maximumDepth: 64, maximumElements: limit)
        do {
            return try body.withUnsafeReadableBytes { bytes in
                try JSONParser.parse(bytes, limits: limits)
            }
        } catch {
            throw .unexpectedAnswer(status: status)
        }
    }
}
