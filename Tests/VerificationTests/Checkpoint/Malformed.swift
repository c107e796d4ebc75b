import Testing

/// A text that must be refused, and as what. Test reports show it escaped.
struct Malformed<Failure: Error>: Sendable, CustomTestStringConvertible {
    let text: String
    let error: Failure

    init(_ text: String, _ error: Failure) {
        self.text = text
        self.error = error
    }

    var testDescription: String { "\(error): \(text.debugDescription)" }
}
