/// Why a text is no JSON that we accept: a stable rule and the place. It never holds content.
public struct JSONError: Error, Sendable, Equatable {
    /// The rules that a text can break. The raw values are stable and may be shown to a caller.
    public enum Rule: String, Sendable, CaseIterable {
        /// Not JSON: an unexpected byte, a missing one, or bytes after the value.
        case syntax
        /// A byte order mark before the value (RFC 8259 section 8.1).
        case byteOrderMark = "byte-order-mark"
        /// Two members of one object with the same name, or with names that Unicode holds equal.
        case duplicateMember = "duplicate-member"
        /// Nested deeper than the limit.
        case depth
        /// More bytes than the limit.
        case size
        /// More members and items than the limit.
        case count
        /// Bytes that are not UTF-8 (RFC 3629): overlong, surrogate, beyond U+10FFFF or cut short.
        case utf8 = "utf-8"
        /// Half of a surrogate pair, escaped.
        case surrogate
        /// A control character in a string that is not escaped.
        case controlCharacter = "control-character"
        /// U+0000 in a string, escaped.
        case nul
        /// A number that breaks the grammar, is longer than the limit, or has no canonical form.
        case number
    }

    /// The rule that was broken.
    public let rule: Rule
    /// Where, in bytes from the start; 0 where the fault lies in no one place.
    public let offset: Int

    /// Makes an error.
    public init(_ rule: Rule, offset: Int = 0) {
        self.rule = rule
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// The rule and the place.
    public var description: String { "JSON: \(rule.rawValue) at byte \(offset)" }
}
