public import StrictJSON

/// One rule that a request breaks, and where: an item of a problem's `errors`. It never holds the
/// value.
public struct Violation: Sendable, Hashable {
    /// The part of a request that a violation points at.
    public enum Place: Sendable, Hashable {
        /// A JSON Pointer (RFC 6901) into the body, such as `/fields/henkilotunnus`.
        case pointer(String)
        /// The name of a query parameter.
        case parameter(String)
        /// The name of a header.
        case header(String)
    }

    /// Where the rule is broken.
    public var place: Place
    /// The rule's stable name, such as `check-character`.
    public var rule: String

    /// Makes a violation of `rule` at `place`.
    public init(_ place: Place, rule: String) {
        self.place = place
        self.rule = rule
    }

    /// Makes a violation of `rule` at a JSON Pointer into the body.
    public init(pointer: String, rule: String) {
        self.init(.pointer(pointer), rule: rule)
    }

    /// Reads an item of `errors`; nil if it is none.
    public init?(_ json: JSONValue) {
        guard let rule = json["rule"]?.text else { return nil }
        if let pointer = json["pointer"]?.text {
            self.init(.pointer(pointer), rule: rule)
        } else if let parameter = json["parameter"]?.text {
            self.init(.parameter(parameter), rule: rule)
        } else if let header = json["header"]?.text {
            self.init(.header(header), rule: rule)
        } else {
            return nil
        }
    }

    /// Writes the violation as an item of `errors`.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        switch place {
        case .pointer(let pointer): writer.member("pointer", pointer)
        case .parameter(let name): writer.member("parameter", name)
        case .header(let name): writer.member("header", name)
        }
        writer.member("rule", rule)
        writer.endObject()
    }
}
