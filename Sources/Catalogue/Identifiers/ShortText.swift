/// One line of text: NFC, trimmed, without control characters, of limited length.
public struct ShortText: Sendable, Equatable {
    /// The text.
    public let text: String

    /// Reads a text of 1 to `maximumCharacters` characters, and at most four bytes for each.
    ///
    /// - Throws: `ValidationFailure` with rule `empty`, `too-long` or `control-character`.
    public init(_ text: String, maximumCharacters: Int) throws(ValidationFailure) {
        self.text = try UnicodeText.normalise(text, maximumCharacters: maximumCharacters)
    }
}
