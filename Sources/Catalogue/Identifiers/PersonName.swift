public import StrictJSON

/// A person's name. Whoever has a single name has it as family name.
public struct PersonName: Sendable, Equatable {
    /// The given names, in order, separated by spaces.
    public let given: String?
    /// The family name.
    public let family: String

    /// Reads `{"given","family"}`.
    ///
    /// - Throws: `ValidationFailure` at the member at fault.
    public init(_ value: JSONValue) throws(ValidationFailure) {
        let members = try MemberReader(value, allowed: ["given", "family"])
        given = try members.optional("given", Self.text)
        family = try members.required("family", Self.text)
    }

    /// A name, or a company's name, as text.
    static func text(_ text: String) throws(ValidationFailure) -> String {
        let text = try ShortText(text, maximumCharacters: 120).text
        guard !UnicodeText.isMasked(text) else { throw ValidationFailure(.maskedValue) }
        return text
    }

    /// The name as JSON.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.member("given", ifPresent: given)
        writer.member("family", family)
        writer.endObject()
        return writer.bytes
    }
}
