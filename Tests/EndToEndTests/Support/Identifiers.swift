/// Identifiers that are valid and belong to nobody.
enum Identifiers {
    /// A henkilötunnus with an individual number of 900–999, which is never issued.
    static func henkilotunnus(birth: String = "131052", individual: Int) -> String {
        let individual = String(String(1000 + individual).suffix(3))
        let digits = birth + individual
        let alphabet = Array("0123456789ABCDEFHJKLMNPRSTUVWXY")
        let check = alphabet[(Int(digits) ?? 0) % 31]
        return birth + "-" + individual + String(check)
    }

    /// A Y-tunnus of seven digits that have a check digit.
    static func ytunnus(_ digits: String) -> String {
        let weights = [7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits, weights).reduce(0) { $0 + ($1.0.wholeNumberValue ?? 0) * $1.1 }
        return digits + "-" + String(sum % 11 == 0 ? 0 : 11 - sum % 11)
    }

    /// A Finnish IBAN of the thirteen digits before its account number's own check digit.
    static func iban(_ account: String) -> String {
        let doubled = account.reversed().enumerated().map { index, digit in
            let value = (digit.wholeNumberValue ?? 0) * (index % 2 == 0 ? 2 : 1)
            return value / 10 + value % 10
        }
        let number = account + String((10 - doubled.reduce(0, +) % 10) % 10)
        // FI00 as digits (ISO 13616), one digit after the other.
        let remainder = (number + "151800").reduce(0) {
            ($0 * 10 + ($1.wholeNumberValue ?? 0)) % 97
        }
        let check = 98 - remainder
        return "FI" + (check < 10 ? "0" : "") + String(check) + number
    }
}
