/// A JSON value (RFC 8259) as it was written: the members of an object keep their order, and a
/// number keeps its literal, so that nothing is rounded on the way through.
public enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, as its literal.
    case number(String)
    /// A text, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object: its members in the order in which they were written.
    case object([JSONMember])
}

/// One member of a JSON object.
public struct JSONMember: Sendable, Equatable {
    /// The member's name, unescaped.
    public let name: String
    /// The member's value.
    public let value: JSONValue

    /// Makes a member.
    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// The value of the member called `name`; nil where this is no object or has no such member.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string, nil of anything else.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The members of an object, nil of anything else.
    public var members: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The items of an array, nil of anything else.
    public var items: [JSONValue]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    /// `true` or `false`, nil of anything else.
    public var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The number, where it is an integer without fraction or exponent that fits 64 bits.
    public var integer: Int64? {
        guard case .number(let literal) = self else { return nil }
        return Int64(literal)
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The value as compact JSON, members in their own order.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
