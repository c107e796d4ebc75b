/// Check digits within the account numbers of countries that publish the rule.
enum IBANNationalCheck {
    /// Whether the account number's own check digits fit; true for countries without a rule here.
    /// The account number fits the country's structure already.
    static func passes(country: String, account: ArraySlice<UInt8>) -> Bool {
        let account = Array(account)
        return switch country {
        case "BE": belgium(account)
        case "ES": spain(account)
        case "ME": IBAN.remainder(account) == 1
        case "NO": norway(account)
        default: true
        }
    }

    /// The last two digits are the others modulo 97, 97 for 0.
    private static func belgium(_ account: [UInt8]) -> Bool {
        let remainder = account[0..<10].decimal % 97
        return account[10...].decimal == (remainder == 0 ? 97 : remainder)
    }

    /// Código Cuenta Corriente: one check digit for bank and branch, one for the account.
    private static func spain(_ account: [UInt8]) -> Bool {
        func checkDigit(_ digits: some Sequence<UInt8>) -> Int {
            let sum = digits.enumerated().reduce(0) { $0 + $1.element.digit << $1.offset } % 11
            return sum < 2 ? sum : 11 - sum
        }
        return account[8].digit == checkDigit(Array("00".utf8) + account[0..<8])
            && account[9].digit == checkDigit(account[10...])
    }

    /// Modulo 11; accounts that were postal giro accounts, bank 0000, have a Luhn digit instead.
    private static func norway(_ account: [UInt8]) -> Bool {
        if account.starts(with: "0000".utf8) { return luhn(account[4...]) }
        let weights = [6, 7, 8, 9, 4, 5, 6, 7, 8, 9]
        return zip(account, weights).reduce(0) { $0 + $1.0.digit * $1.1 } % 11 == account[10].digit
    }

    private static func luhn(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.reversed().enumerated().reduce(0) { sum, digit in
            guard !digit.offset.isMultiple(of: 2) else { return sum + digit.element.digit }
            let double = digit.element.digit * 2
            return sum + (double > 9 ? double - 9 : double)
        } % 10 == 0
    }
}
