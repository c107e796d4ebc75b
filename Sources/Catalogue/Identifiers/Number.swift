public import StrictJSON

/// A plain decimal number, kept to the digit.
public struct Number: Sendable, Equatable {
    /// The number as JSON writes it, without zeros at the end of its fraction.
    public let literal: String

    /// Reads a JSON number of at most 32 characters without exponent.
    ///
    /// - Throws: `ValidationFailure` with rule `type` or `number`.
    public init(_ value: JSONValue) throws(ValidationFailure) {
        guard case .number(let written) = value else { throw ValidationFailure(.type) }
        guard written.utf8.count <= 32, !written.contains(where: { "eE".contains($0) }) else {
            throw ValidationFailure(.number)
        }
        var literal = written
        if literal.contains(".") {
            while literal.last == "0" { literal.removeLast() }
            if literal.last == "." { literal.removeLast() }
        }
        self.literal = literal == "-0" ? "0" : literal
    }
}
