import StrictJSON

/// Reads the members of an object that has a fixed set of them.
struct MemberReader {
    private let value: JSONValue

    /// - Throws: `type` where `value` is no object; `unknown-member` at a member that is not
    ///   `allowed`, by name only where the name looks like one.
    init(_ value: JSONValue, allowed: Set<String>) throws(ValidationFailure) {
        guard let members = value.members else { throw ValidationFailure(.type) }
        for member in members where !allowed.contains(member.name) {
            let pointer = CatalogueName.isField(member.name) ? "/\(member.name)" : ""
            throw ValidationFailure(pointer: pointer, .unknownMember)
        }
        self.value = value
    }

    /// The text of a member that must be there.
    func required<Value>(
        _ name: String, _ read: (String) throws(ValidationFailure) -> Value
    ) throws(ValidationFailure) -> Value {
        guard let member = try optional(name, read) else {
            throw ValidationFailure(pointer: JSONPointer.to(name), .required)
        }
        return member
    }

    /// The text of a member that may be missing or `null`.
    func optional<Value>(
        _ name: String, _ read: (String) throws(ValidationFailure) -> Value
    ) throws(ValidationFailure) -> Value? {
        guard let member = value[name], !member.isNull else { return nil }
        return try at(name) { () throws(ValidationFailure) in try read(try member.requireText()) }
    }
}
