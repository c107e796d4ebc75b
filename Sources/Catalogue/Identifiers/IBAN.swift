/// An international bank account number (ISO 13616).
public struct IBAN: Sendable, Equatable {
    /// The number without separators, upper case.
    public let text: String

    /// Reads a number; spaces, hyphens and full stops are taken out.
    ///
    /// - Throws: `ValidationFailure` with rule `format`, `country`, `structure`, `check-digits` or
    ///   `national-check-digits`.
    public init(_ text: String) throws(ValidationFailure) {
        var bytes = try IdentifierText.bytes(text)
        bytes.removeAll {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        guard bytes.count > 4, bytes[0..<2].allSatisfy(\.isUpperCaseLetter),
            bytes[2..<4].allSatisfy(\.isDigit),
            bytes.allSatisfy({ $0.isDigit || $0.isUpperCaseLetter })
        else { throw ValidationFailure(.format) }
        let country = String(decoding: bytes[0..<2], as: UTF8.self)
        guard let structure = IBANStructure.registry[country] else {
            throw ValidationFailure(.country)
        }
        guard structure.fits(bytes[4...]) else { throw ValidationFailure(.structure) }
        // Two more values satisfy mod 97 but are never computed (ISO 7064: 98 − remainder).
        guard 2...98 ~= bytes[2..<4].decimal, Self.remainder(bytes[4...] + bytes[0..<4]) == 1 else {
            throw ValidationFailure(.checkDigits)
        }
        guard IBANNationalCheck.passes(country: country, account: bytes[4...]) else {
            throw ValidationFailure(.nationalCheckDigits)
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// ISO 7064 MOD 97-10, letters as 10 to 35.
    static func remainder(_ characters: some Sequence<UInt8>) -> Int {
        characters.reduce(0) { remainder, byte in
            byte.isDigit
                ? (remainder * 10 + byte.digit) % 97
                : (remainder * 100 + Int(byte) - Int(UInt8(ascii: "A")) + 10) % 97
        }
    }
}
