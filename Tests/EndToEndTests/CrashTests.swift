import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// P8: what was acknowledged survives, whole and once.
    @Suite struct CrashTests {
        private static let kills = 20

        @Test func nothingIsLostOrDoubledByKillsDuringAnImport() throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the kills: \(seed)")
            var random = SeededGenerator(seed)
            let calm = try TestVault()
            try calm.start()
            let calmImport = try ImportRun(into: calm, rowsPerBatch: 400)
            try calmImport.start()
            let expected = try calmImport.finish()
            let total = try calm.liveRecords().count

            let vault = try TestVault()
            try vault.start()
            let stormy = try ImportRun(into: vault, rowsPerBatch: 10)
            try stormy.start()
            var acknowledged: [Acknowledged] = []
            for round in 1...Self.kills {
                let share = Double(round) - Double.random(in: 0..<0.9, using: &random)
                let goal = Int(Double(total) * share / Double(Self.kills + 1))
                try reach(goal, vault, stormy, &acknowledged)
                // Anywhere within what takes some milliseconds.
                usleep(UInt32.random(in: 0...8000, using: &random))
                #expect(stormy.isRunning, "the import was through before kill \(round)")
                if round % 4 == 0 { try stormy.kill() }
                try vault.kill()
                try vault.start()
                if !stormy.isRunning { try stormy.start() }
            }
            let summary = try stormy.finish()
            #expect(summary["created"] == expected["created"])
            #expect(summary["rejected"] == expected["rejected"])
            #expect(try vault.liveRecords().count == total + acknowledged.count)
            for one in acknowledged {
                #expect(try vault.find(reference: one.reference) == [one.id])
                #expect(try vault.read(one.id).json["fields"]?["email"]?.text == one.email)
            }
            try expectSameCustomers(
                stormy, found(stormy.references, vault), calmImport,
                found(calmImport.references, calm))
            try vault.stop()
            let check = try vault.aittad("check")
            #expect(check.status == 0, "\(check.output)")
            #expect(check.output.contains("everything opens and agrees"))
        }

        /// Batches run side by side, so of two rows with the same henkilötunnus either may come first.
        private func expectSameCustomers(
            _ stormy: ImportRun, _ inStorm: [String: JSONValue], _ calm: ImportRun,
            _ inCalm: [String: JSONValue]
        ) throws {
            #expect(inCalm.count > 1900 && inCalm.count == inStorm.count)
            for (reference, fields) in inStorm {
                if let expected = inCalm[reference] {
                    #expect(fields == expected, "\(reference) differs")
                } else {
                    #expect(calm.rejected[reference]?.hasPrefix("duplicate: ") == true)
                }
            }
            for reference in inCalm.keys where inStorm[reference] == nil {
                #expect(stormy.rejected[reference]?.hasPrefix("duplicate: ") == true)
            }
        }

        /// A record that this test created itself, and was told so.
        private struct Acknowledged {
            let reference: String
            let email: String
            let id: String
        }

        /// Creates records of its own until the vault holds so many.
        private func reach(
            _ goal: Int, _ vault: TestVault, _ stormy: ImportRun,
            _ acknowledged: inout [Acknowledged]
        ) throws {
            let connection = try vault.connect()
            while stormy.isRunning {
                let status = try connection.ask("GET", "/v1/status")
                let count = try #require(status.json["records"]?.integer)
                if Int(count) - acknowledged.count >= goal { return }
                let number = acknowledged.count
                let (reference, email) = ("ACK-\(number)", "ack\(number)@example.fi")
                let id = try vault.create(
                    TestVault.person(reference, email: email), on: connection)
                acknowledged.append(Acknowledged(reference: reference, email: email, id: id))
            }
        }

        /// What a search of each reference finds: one record, with these fields.
        private func found(_ references: [String], _ vault: TestVault) throws -> [String: JSONValue]
        {
            let connection = try vault.connect()
            var found: [String: JSONValue] = [:]
            for start in stride(from: 0, to: references.count, by: 100) {
                let some = references[start..<min(start + 100, references.count)]
                let queries = some.map { #"{"field":"reference","value":"\#($0)"}"# }
                let answer = try connection.ask(
                    "POST", "/v1/search", purpose: "data-subject-rights",
                    json: #"{"queries":[\#(queries.joined(separator: ","))]}"#)
                let results = try #require(answer.json["results"]?.items)
                for (reference, result) in zip(some, results) {
                    let matches = result["matches"]?.items ?? []
                    #expect(matches.count == 1, "\(reference) is there \(matches.count) times")
                    found[reference] = matches.first?["fields"]
                }
            }
            return found
        }
    }
}
