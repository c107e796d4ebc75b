import StrictJSON

extension HTTPConnection {
    /// Sends a request with what it needs around it, and reads its answer, which must be one that
    /// docs/openapi.yaml describes.
    func ask(
        _ method: String, _ path: String, purpose: String? = nil,
        headers: [(String, String)] = [], body: [UInt8]? = nil
    ) throws -> Answer {
        try send(Self.head(method, path, purpose, headers, bodyCount: body?.count) + (body ?? []))
        let answer = try answer()
        OpenAPI.shared.check(answer, to: method, path)
        return answer
    }

    /// Sends JSON as it is written.
    func ask(
        _ method: String, _ path: String, purpose: String? = nil,
        headers: [(String, String)] = [], json: String
    ) throws -> Answer {
        try ask(method, path, purpose: purpose, headers: headers, body: Array(json.utf8))
    }

    /// Sends JSON.
    func ask(
        _ method: String, _ path: String, purpose: String? = nil,
        headers: [(String, String)] = [], json: JSONValue
    ) throws -> Answer {
        try ask(method, path, purpose: purpose, headers: headers, body: json.encoded())
    }

    static func head(
        _ method: String, _ path: String, _ purpose: String?, _ headers: [(String, String)] = [],
        bodyCount: Int?
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: vault"]
        if let purpose { lines.append("Aitta-Purpose: " + purpose) }
        lines += headers.map { $0.0 + ": " + $0.1 }
        if let bodyCount {
            lines.append("Content-Length: \(bodyCount)")
            if !headers.contains(where: { $0.0 == "Content-Type" }) {
                lines.append("Content-Type: application/json")
            }
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
