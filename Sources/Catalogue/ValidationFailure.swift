import StrictJSON

/// Why a value was refused: the place and the rule, never the value.
public struct ValidationFailure: Error, Sendable, Equatable {
    /// The place as a JSON pointer (RFC 6901) from the record's root, such as
    /// `/fields/address/postalCode`. The failures of a single identifier have the empty pointer.
    public let pointer: String
    /// The rule that was broken: a raw value of `ValidationRule`.
    public let rule: String

    /// Makes a failure.
    public init(pointer: String = "", _ rule: ValidationRule) {
        self.pointer = pointer
        self.rule = rule.rawValue
    }

    private init(pointer: String, rule: String) {
        self.pointer = pointer
        self.rule = rule
    }

    /// The same failure, seen from further up: `pointer` comes before its own.
    public func under(_ pointer: String) -> ValidationFailure {
        ValidationFailure(pointer: pointer + self.pointer, rule: rule)
    }
}

extension ValidationFailure: CustomStringConvertible {
    /// Pointer and rule.
    public var description: String { "\(pointer): \(rule)" }
}

/// Runs `body`; a failure within it is reported at the member `name`.
func at<Value>(
    _ name: String, _ body: () throws(ValidationFailure) -> Value
) throws(ValidationFailure) -> Value {
    do throws(ValidationFailure) {
        return try body()
    } catch {
        throw error.under(JSONPointer.to(name))
    }
}
