extension JSONValue {
    /// The value's canonical bytes (RFC 8785, JSON Canonicalization Scheme): members sorted by the
    /// UTF-16 code units of their names, no white space, minimal escapes. Equal values have equal
    /// canonical bytes, so they can be signed.
    ///
    /// - Throws: `JSONError` with rule `number` for a number that is no integer, or one beyond
    ///   ±(2⁵³ − 1), which the scheme would round; `duplicate-member` where one object has a name
    ///   twice.
    public func canonicalBytes() throws(JSONError) -> [UInt8] {
        var writer = JSONWriter()
        try writer.canonical(self)
        return writer.bytes
    }
}

extension JSONWriter {
    private static let maximumCanonicalInteger: Int64 = 1 << 53 - 1

    fileprivate mutating func canonical(_ value: JSONValue) throws(JSONError) {
        switch value {
        case .null, .bool, .string: self.value(value)
        case .number:
            guard let number = value.integer,
                number.magnitude <= Self.maximumCanonicalInteger.magnitude
            else { throw JSONError(.number) }
            integer(number)
        case .array(let items):
            beginArray()
            for item in items { try canonical(item) }
            endArray()
        case .object(let members):
            beginObject()
            var previous: String?
            for member in members.sorted(by: {
                $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
            }) {
                guard previous != member.name else { throw JSONError(.duplicateMember) }
                previous = member.name
                name(member.name)
                try canonical(member.value)
            }
            endObject()
        }
    }
}
