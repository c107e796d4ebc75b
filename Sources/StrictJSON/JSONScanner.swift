/// The parser's place in a text. `JSONParser` keeps the memory alive around it.
struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var offset = 0
    private var elements = 0

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(.byteOrderMark) }
        let value = try value(depth: 0)
        skipWhiteSpace()
        guard offset == bytes.count else { throw JSONError(.syntax, offset: offset) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        guard offset < bytes.count else { throw JSONError(.syntax, offset: offset) }
        switch bytes[offset] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.maximumDepth else { throw JSONError(.depth, offset: offset) }
        offset += 1
        skipWhiteSpace()
        if skip(UInt8(ascii: "}")) { return .object([]) }
        var members: [JSONMember] = []
        members.reserveCapacity(8)
        var names = JSONMemberNames()
        repeat {
            skipWhiteSpace()
            let start = offset
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
                throw JSONError(.syntax, offset: offset)
            }
            let name = try string()
            guard names.insert(name, among: members) else {
                throw JSONError(.duplicateMember, offset: start)
            }
            skipWhiteSpace()
            guard skip(UInt8(ascii: ":")) else { throw JSONError(.syntax, offset: offset) }
            try countElement()
            members.append(JSONMember(name, try value(depth: depth)))
            skipWhiteSpace()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw JSONError(.syntax, offset: offset) }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.maximumDepth else { throw JSONError(.depth, offset: offset) }
        offset += 1
        skipWhiteSpace()
        if skip(UInt8(ascii: "]")) { return .array([]) }
        var items: [JSONValue] = []
        repeat {
            try countElement()
            items.append(try value(depth: depth))
            skipWhiteSpace()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw JSONError(.syntax, offset: offset) }
        return .array(items)
    }

    private mutating func literal(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        let end = offset + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[offset..<end].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw JSONError(.syntax, offset: offset) }
        offset = end
        return value
    }

    private mutating func countElement() throws(JSONError) {
        elements += 1
        guard elements <= limits.maximumElements else { throw JSONError(.count, offset: offset) }
    }

    private mutating func skipWhiteSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }
}

/// Finds duplicate names: by comparing while there are few, by hashing beyond.
private struct JSONMemberNames {
    private static let comparedAtMost = 12
    private var hashed: Set<String> = []

    mutating func insert(_ name: String, among members: [JSONMember]) -> Bool {
        if members.count < Self.comparedAtMost {
            return !members.contains { $0.name == name }
        }
        if hashed.isEmpty { hashed.formUnion(members.lazy.map(\.name)) }
        return hashed.insert(name).inserted
    }
}
