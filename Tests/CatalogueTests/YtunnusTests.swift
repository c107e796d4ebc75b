import Catalogue
import Testing

@Suite struct YtunnusTests {
    @Test(arguments: [
        "2077474-0", " 2077474-0 ", "20774740", "FI20774740", "fi 2077474-0", "2077474\u{2011}0",
    ])
    func accepts(_ text: String) throws {
        #expect(try Ytunnus(text).text == "2077474-0")
    }

    @Test(arguments: [
        ("", "empty"), ("2077474-1", "check-digits"), ("2077747-0", "check-digits"),
        ("207747-0", "format"), ("02077474-0", "format"), ("2077474-A", "format"),
        ("SE20774740", "format"), ("2077474/0", "format"),
    ])
    func refuses(_ text: String, _ broken: String) {
        #expect(rule { () throws(ValidationFailure) in try Ytunnus(text) } == broken)
    }

    /// Weighted sums with remainder 1 have no check digit: no code with these seven digits exists.
    @Test func remainderOneIsNeverIssued() {
        var withoutCheckDigit = 0
        for number in 1_000_000..<1_002_000 {
            let digits = "\(number)".utf8.map { Int($0) - 48 }
            let sum = zip(digits, [7, 9, 10, 5, 8, 4, 2]).reduce(0) { $0 + $1.0 * $1.1 }
            let accepted = (0...9).filter { check in
                rule { () throws(ValidationFailure) in try Ytunnus("\(number)-\(check)") } == nil
            }
            switch sum % 11 {
            case 0: #expect(accepted == [0])
            case 1:
                withoutCheckDigit += 1
                #expect(accepted.isEmpty)
            default: #expect(accepted == [11 - sum % 11])
            }
        }
        #expect(withoutCheckDigit > 100)
    }
}
