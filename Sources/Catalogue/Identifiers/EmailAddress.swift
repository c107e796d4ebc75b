/// An e-mail address: what of RFC 5321 and RFC 6531 is in use, without comments, quotes and
/// address literals.
public struct EmailAddress: Sendable, Equatable {
    /// The address: its domain in lower case, the part before the `@` as it was written.
    public let text: String
    /// What it is found by: all in lower case, since no provider in use tells cases apart.
    public let searchText: String

    /// Reads an address.
    ///
    /// - Throws: `ValidationFailure` with rule `format`, `local-part`, `domain`, `masked-value` or
    ///   `too-long`.
    public init(_ text: String) throws(ValidationFailure) {
        let text = try UnicodeText.normalise(text, maximumCharacters: Self.maximumBytes)
        guard text.utf8.count <= Self.maximumBytes else { throw ValidationFailure(.tooLong) }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ValidationFailure(.format) }
        try Self.checkLocalPart(parts[0])
        try Self.checkDomain(parts[1])
        self.text = parts[0] + "@" + parts[1].lowercased()
        searchText = UnicodeText.composed(self.text.lowercased())
    }

    /// RFC 5321 section 4.5.3.1.3, the angle brackets off.
    private static let maximumBytes = 254

    private static func checkLocalPart(_ local: Substring) throws(ValidationFailure) {
        guard 1...64 ~= local.utf8.count,
            local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({
                !$0.isEmpty && $0.unicodeScalars.allSatisfy(isAtomText)
            })
        else { throw ValidationFailure(.localPart) }
        guard !UnicodeText.isMasked(local) else { throw ValidationFailure(.maskedValue) }
    }

    private static func checkDomain(_ domain: Substring) throws(ValidationFailure) {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last, !top.utf8.allSatisfy(\.isDigit),
            labels.allSatisfy({ label in
                1...63 ~= label.utf8.count && label.first != "-" && label.last != "-"
                    && label.unicodeScalars.allSatisfy { $0 == "-" || isLetterOrDigit($0) }
            })
        else { throw ValidationFailure(.domain) }
    }

    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        isLetterOrDigit(scalar) || "!#$%&'*+/=?^_`{|}~-".unicodeScalars.contains(scalar)
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x00...0x7F: false
        default:
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .nonspacingMark, .spacingMark:
                true
            default: false
            }
        }
    }
}
