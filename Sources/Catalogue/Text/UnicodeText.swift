import Foundation

/// The normal form of texts.
enum UnicodeText {
    /// Trims white space at both ends, refuses what no line of text contains, and composes (NFC).
    ///
    /// - Throws: `empty`, `too-long` or `control-character`.
    static func normalise(
        _ text: String, maximumCharacters: Int
    ) throws(ValidationFailure) -> String {
        // Bounds the work below; no text within the limit takes more bytes.
        guard text.utf8.count <= maximumCharacters * maximumBytesPerCharacter + 64 else {
            throw ValidationFailure(.tooLong)
        }
        let trimmed = trim(text)
        guard !trimmed.isEmpty else { throw ValidationFailure(.empty) }
        guard trimmed.unicodeScalars.allSatisfy({ !isRefused($0) }) else {
            throw ValidationFailure(.controlCharacter)
        }
        let composed = composed(trimmed)
        // A text has at most as many characters as bytes, and bytes are counted at once.
        guard
            composed.utf8.count <= maximumCharacters
                || composed.count <= maximumCharacters
                    && composed.utf8.count <= maximumCharacters * maximumBytesPerCharacter
        else { throw ValidationFailure(.tooLong) }
        return composed
    }

    /// Whether this might be a masked view that is being written back.
    static func isMasked(_ text: some StringProtocol) -> Bool {
        text.utf8.contains(UInt8(ascii: "*")) && text.contains("***")
    }

    /// Room for a letter with marks or an emoji sequence now and then, none for a tower of marks.
    private static let maximumBytesPerCharacter = 4

    /// Without the white space at both ends.
    static func trim(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last,
            isWhiteSpace(first) || isWhiteSpace(last)
        else { return text }
        guard let start = scalars.firstIndex(where: { !isWhiteSpace($0) }),
            let end = scalars.lastIndex(where: { !isWhiteSpace($0) })
        else { return "" }
        return String(scalars[start...end])
    }

    /// Normalization form C (UAX #15). Below U+0300 every text has it already.
    static func composed(_ text: String) -> String {
        text.unicodeScalars.allSatisfy { $0.value < 0x300 }
            ? text : text.precomposedStringWithCanonicalMapping
    }

    static func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80
            ? scalar == " " || 0x09...0x0D ~= scalar.value : scalar.properties.isWhitespace
    }

    /// Controls, line and paragraph separators, characters that reorder or are not seen at all,
    /// and noncharacters.
    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x20...0x200A: false
        case 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        case 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
