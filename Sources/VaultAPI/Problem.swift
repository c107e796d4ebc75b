public import StrictJSON

/// An error as it travels: `application/problem+json` (RFC 9457), with the members that this
/// interface adds. It never holds a value that was sent.
public struct Problem: Error, Sendable, Hashable {
    /// The stable code; see `ErrorCode` for those that this version knows.
    public var code: String
    /// The HTTP status.
    public var status: Int
    /// The same for every occurrence of the code.
    public var title: String
    /// What is wrong this time.
    public var detail: String?
    /// What to do about it.
    public var hint: String?
    /// The rules that the request breaks, and where.
    public var violations: [Violation] = []
    /// `duplicate`: the field whose value another record has already.
    public var field: String?
    /// `duplicate`: the id of that record, for callers who may search the field.
    public var existing: String?
    /// `version_mismatch`: the record's current version.
    public var version: UInt64?
    /// `malformed_json`: the rule that the text breaks.
    public var rule: String?
    /// `malformed_json`: the byte at which it does.
    public var offset: Int?
    /// The request that met the error, as logs and audit entries know it.
    public var requestID: String?

    /// Makes a problem with the status, title and default hint of `code`.
    public init(
        _ code: ErrorCode, detail: String? = nil, violations: [Violation] = [],
        requestID: String? = nil
    ) {
        self.code = code.rawValue
        self.status = code.status
        self.title = code.title
        self.detail = detail
        self.hint = code.defaultHint
        self.violations = violations
        self.requestID = requestID
    }

    /// The code, if this version knows it.
    public var knownCode: ErrorCode? { ErrorCode(rawValue: code) }
}

extension Problem {
    /// Writes the problem as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", "urn:aitta:error:" + code)
        writer.member("title", title)
        writer.member("status", status)
        writer.member("code", code)
        writer.member("detail", ifPresent: detail)
        writer.member("hint", ifPresent: hint)
        if !violations.isEmpty {
            writer.name("errors")
            writer.beginArray()
            for violation in violations { violation.write(to: &writer) }
            writer.endArray()
        }
        writer.member("field", ifPresent: field)
        writer.member("existing", ifPresent: existing)
        if let version { writer.member("version", version) }
        writer.member("rule", ifPresent: rule)
        if let offset { writer.member("offset", offset) }
        writer.member("requestId", ifPresent: requestID)
        writer.endObject()
    }

    /// The problem as a body.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads a problem; nil if the value is none. Members that it does not know it passes over.
    public init?(_ json: JSONValue) {
        guard let code = json["code"]?.text, let status = json["status"]?.integer else {
            return nil
        }
        self.code = code
        self.status = Int(status)
        self.title = json["title"]?.text ?? ErrorCode(rawValue: code)?.title ?? code
        self.detail = json["detail"]?.text
        self.hint = json["hint"]?.text
        self.violations = (json["errors"]?.items ?? []).compactMap { Violation($0) }
        self.field = json["field"]?.text
        self.existing = json["existing"]?.text
        self.version = json["version"]?.integer.flatMap { UInt64(exactly: $0) }
        self.rule = json["rule"]?.text
        self.offset = json["offset"]?.integer.flatMap { Int(exactly: $0) }
        self.requestID = json["requestId"]?.text
    }
}
