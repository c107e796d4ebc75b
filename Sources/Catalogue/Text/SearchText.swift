/// The form in which texts are compared in a search.
enum SearchText {
    /// Case folded, NFC, runs of white space one space. Marks on letters are kept.
    ///
    /// Upper case first, so that what has no single lower case letter (ß, ς) folds as Unicode's
    /// case folding does.
    static func fold(_ text: String) -> String {
        let words =
            isSingleWord(text) ? text : text.split { $0.isWhitespace }.joined(separator: " ")
        if words.utf8.allSatisfy({ $0 < 0x80 }) { return words.lowercased() }
        return UnicodeText.composed(words.uppercased().lowercased())
    }

    private static func isSingleWord(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !UnicodeText.isWhiteSpace($0) }
    }
}
