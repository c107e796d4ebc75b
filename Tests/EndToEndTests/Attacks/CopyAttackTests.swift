import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// P4: what copies of everything, taken at every sync, give back of people who were erased.
    @Suite struct CopyAttackTests {
        private static let isLarge = ProcessInfo.processInfo.environment["AITTA_LARGE"] != nil
        /// How many are erased whole, and guessed.
        private static let erasedCount = isLarge ? 300 : 36

        /// The controls: as long as no rotation is final, everything comes back.
        @Test func beforeFinalityEverybodyComesBack() throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the people: \(seed)")
            let copied = try CopiedVault(seed: seed)
            try copied.start()
            let erased = try copied.create(12)
            let partly = try copied.create(2)
            let living = try copied.create(4)
            try copied.recordConsents(erased[0])
            try copied.backUp()
            try copied.change(partly[0], #"{"billing":null}"#)
            try copied.erase(partly[1], compartments: #"["contact"]"#)
            for person in erased { try copied.erase(person) }
            try copied.vault.kill()
            try copied.start()
            try copied.vault.stop()
            let report = try copied.attack(guessing: erased)
            for person in erased { #expect(report.hasValues(person), "\(person.id)") }
            #expect(report.values(erased[0], "@consents").count == 40, "rows longer than a page")
            #expect(report.values(partly[0], "billing").contains { $0.contains(partly[0].iban) })
            #expect(report.values(partly[1], "email") == ["\"\(partly[1].email)\""])
            for person in living { #expect(report.hasValues(person), "\(person.id)") }
            #expect(report.json["backupItems"]?.integer ?? 0 > 36)
            #expect(Set(report.traces) == Set(erased.map(\.id)))
            for feature in ["tag", "tag-distance", "gone-distance", "count", "replay"] {
                let ranks = try #require(report.ranks[feature])
                #expect(ranks.filter { $0 < 0.01 }.count >= 11, "\(feature): \(ranks)")
            }
        }

        /// What P4 promises, inside rotations that were cut off and went on, too.
        @Test func afterFinalityNothingOfTheErasedComesBack() throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the people: \(seed)")
            var random = SeededGenerator(seed)
            let copied = try CopiedVault(seed: seed)
            let vault = copied.vault
            try copied.start()
            let erased = try copied.create(Self.erasedCount)
            let partly = try copied.create(4)
            let living = try copied.create(12)
            let late = try copied.create(3)
            for person in [erased[0], living[0]] { try copied.recordConsents(person) }
            for person in erased.prefix(5) + living.prefix(5) {
                try copied.change(person, #"{"email":"uusi.\#(person.email)"}"#)
            }
            try copied.change(partly[0], #"{"billing":null}"#)
            try copied.erase(partly[1], compartments: #"["contact"]"#)
            try copied.erase(erased[1])
            try vault.rotate()
            try copied.backUp()
            let kept = try ["keyring", "escrow"].map { name in
                let copy = vault.scratch.path + "/kept-" + name
                try Data(contentsOf: URL(filePath: "\(vault.keyringDirectory)/\(name)"))
                    .write(to: URL(filePath: copy))
                return copy
            }
            for person in erased where person.id != erased[1].id { try copied.erase(person) }
            try copied.backUp()
            try copied.change(partly[2], #"{"phone":null}"#)
            try copied.erase(partly[3], compartments: #"["contact","nationalId"]"#)
            try copied.rotateCutOff(times: 6, using: &random) { number in
                if number < late.count { try copied.erase(late[number]) }
            }
            let areFinal = try Poll.until(atMostSeconds: 60) {
                try erased.allSatisfy { try vault.isFinal($0.id) }
            }
            try #require(areFinal)
            try expectNothing(of: erased, partly, living, copied)
            try copied.backUp()
            // Whoever was erased while it ran waits for the next one.
            try vault.rotate()
            let areLateFinal = try Poll.until(atMostSeconds: 60) {
                try late.allSatisfy { try vault.isFinal($0.id) }
            }
            try #require(areLateFinal)
            try vault.stop()
            try expectNothing(of: erased + late, partly, living, copied)

            // The controls: with an old keyring or escrow, they come back.
            for old in kept {
                let report = try copied.attack(kept: [old], guessing: erased)
                for person in erased where person.id != erased[1].id {
                    #expect(report.hasValues(person), "\(person.id)")
                }
                #expect(report.values(partly[2], "phone") != [])
                #expect(report.values(partly[3], "email") != [])
                #expect(!report.hasOpened(erased[1]), "erased in an earlier epoch")
                #expect(report.traces.count == erased.count - 1)
                #expect(report.ranks["tag"]?.filter { $0 < 0.01 }.count == erased.count - 1)
            }
        }

        private func expectNothing(
            of erased: [CopiedPerson], _ partly: [CopiedPerson], _ living: [CopiedPerson],
            _ copied: CopiedVault
        ) throws {
            let report = try copied.attack(guessing: erased)
            for person in erased { #expect(!report.hasOpened(person), "\(person.id)") }
            for id in report.replayed { #expect(!erased.contains { $0.id == id }) }
            #expect(report.values(partly[0], "billing") == [])
            #expect(report.values(partly[1], "email") + report.values(partly[1], "address") == [])
            #expect(report.values(partly[2], "phone") == [])
            #expect(report.values(partly[3], "henkilotunnus") == [])
            #expect(report.traces == [])
            // The control: people who were not erased are read, with all that they have left.
            for person in living { #expect(report.hasValues(person), "\(person.id)") }
            #expect(report.values(living[0], "@consents") != [])
            #expect(report.values(partly[0], "email") != [])
            #expect(report.values(partly[2], "email") != [])
            expectChance(report, of: erased.count)
        }

        /// Guessing does no better than chance: of numbers that are uniform in 0..<1 the mean of n has
        /// a standard deviation of 1 ÷ √(12 n), and 4.5 of them are passed once in 150,000 runs; the
        /// right one of 898 is put first four times once in a million.
        private func expectChance(_ report: AttackReport, of count: Int) {
            let bound = 4.5 / (12 * Double(count)).squareRoot()
            #expect(report.ranks.count == 6)
            for (feature, ranks) in report.ranks {
                #expect(ranks.count == count)
                let mean = ranks.reduce(0, +) / Double(count)
                print("\(feature): mean rank \(mean), 0.5 ± \(bound)")
                #expect(abs(mean - 0.5) < bound, "\(feature)")
                #expect(ranks.filter { $0 < 1.0 / 898 }.count < 4, "\(feature)")
            }
        }
    }
}
