import Catalogue
import Foundation
import Testing

/// python-stdnum as an oracle: `tools/oracle/identifiers.py` makes the values and its verdicts.
@Suite struct IdentifierOracleTests {
    private static let path = ProcessInfo.processInfo.environment["AITTA_ORACLE_TSV"]

    /// Where the vault judges otherwise than python-stdnum 2.2, and why.
    private static let acceptedInDifferences = [
        // python-stdnum reads digits of other scripts (and full-width ones) as digits; identifiers
        // that nobody ever wrote so are refused here.
        "other-digits": false,
        // ISO 7064 computes check digits 02 to 98; python-stdnum accepts 00, 01 and 99 where they
        // are 02, 97 or 98 modulo 97, and letters in their place.
        "iban-check-digit-range": false,
        // python-stdnum knows which Belgian bank codes are given out. The list changes; the check
        // digits are verified here, the bank is not.
        "iban-belgian-bank-list": true,
    ]

    @Test func anOracleIsGiven() {
        if Self.path == nil {
            print("SKIPPED: identifiers against python-stdnum; AITTA_ORACLE_TSV names no file")
        }
    }

    @Test(.enabled(if: path != nil, "AITTA_ORACLE_TSV names no file"))
    func agreesWithPythonStdnum() throws {
        let file = URL(filePath: try #require(Self.path))
        var counts: [Substring: Int] = [:]
        var disagreements = 0
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            guard !line.hasPrefix("#") else {
                print("identifier oracle: \(line)")
                continue
            }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            try #require(columns.count == 3)
            counts["\(columns[0]) \(columns[2])", default: 0] += 1
            let expected = try Self.isAccepted(columns[2])
            if try Self.accepts(columns[1], as: columns[0]) != expected {
                disagreements += 1
                Issue.record("disagreement: \(line)")
                if disagreements > 20 { break }
            }
        }
        for (verdict, count) in counts.sorted(by: { $0.key < $1.key }) { print(verdict, count) }
        #expect(counts.values.reduce(0, +) >= 20_000)
        // A list without valid values, or without damaged ones, would prove nothing.
        for kind in ["hetu", "hetu-issued", "ytunnus", "iban"] {
            #expect(counts["\(kind) valid", default: 0] > 1_000)
            #expect(counts["\(kind) invalid", default: 0] > 1_000)
        }
    }

    private static func isAccepted(_ verdict: Substring) throws -> Bool {
        switch verdict {
        case "valid": return true
        case "invalid": return false
        default:
            let isAccepted = acceptedInDifferences[String(verdict.dropFirst("differs:".count))]
            return try #require(isAccepted as Bool?, "an undocumented difference")
        }
    }

    private static func accepts(_ value: Substring, as kind: Substring) throws -> Bool {
        let text = String(value)
        do throws(ValidationFailure) {
            switch kind {
            case "hetu": _ = try Henkilotunnus(text, acceptArtificial: true)
            case "hetu-issued": _ = try Henkilotunnus(text, acceptArtificial: false)
            case "ytunnus": _ = try Ytunnus(text)
            case "iban": _ = try IBAN(text)
            default: return false
            }
            return true
        } catch {
            return false
        }
    }
}
