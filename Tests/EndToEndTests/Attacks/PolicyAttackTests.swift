import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Whoever can write the database file, and has no key, gains no role by it.
    @Suite(.needsRoot) struct PolicyAttackTests {
        private static let uid: UInt32 = 41380
        private let vault: TestVault
        private let id: String

        init() throws {
            vault = try TestVault()
            try vault.start()
            id = try vault.create(TestVault.person("WC-1"))
        }

        private func status() throws -> Int {
            try vault.ask(
                as: Self.uid, "GET", "/v1/records/\(id)", purpose: AttackedVault.rights
            ).status
        }

        private func expectRefusal(_ name: String) throws {
            let refused = try vault.refusedServe()
            #expect(refused.status == 1 && refused.error.hasPrefix("error: "), "\(refused)")
            #expect(refused.error.contains(name), "\(refused.error)")
            #expect(refused.error.contains("hint: "), "\(refused.error)")
            #expect(try vault.aittad("check").status == 1)
        }

        /// The policy of when one still held a role is put back, alone.
        @Test func anOldPolicyPutBackIsRefused() throws {
            let granted = try vault.connect().ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:\#(Self.uid)","role":"dpo","reason":"x"}"#)
            let grant = try #require(granted.json["id"]?.text)
            #expect(try status() == 200)
            try vault.stop()
            let copy = "SELECT * FROM sealed_states WHERE name = 'policy'"
            try vault.sql("CREATE TABLE kept.granted AS " + copy)
            try vault.start()
            #expect(try vault.connect().ask("DELETE", "/v1/grants/" + grant).status == 200)
            #expect(try status() == 403)
            try vault.stop()
            try vault.sql("CREATE TABLE kept.revoked AS " + copy)
            try vault.sql("REPLACE INTO sealed_states SELECT * FROM kept.granted")
            try expectRefusal("older")
            // With the version of today it doesn't open: the seal binds it.
            try vault.sql("UPDATE sealed_states SET version = version + 1 WHERE name = 'policy'")
            try expectRefusal("policy")
            try vault.sql("REPLACE INTO sealed_states SELECT * FROM kept.revoked")
            try vault.start()
            #expect(try status() == 403)
            #expect(try vault.read(id).status == 200, "the control")
        }

        @Test(arguments: [
            "DELETE FROM sealed_states WHERE name = 'policy'",
            "UPDATE sealed_states SET sealed = (SELECT sealed FROM sealed_states WHERE name <> 'policy')"
                + " WHERE name = 'policy'",
            "UPDATE sealed_states SET sealed = CAST(substr(sealed, 1, 80) || x'00'"
                + " || substr(sealed, 82) AS BLOB) WHERE name = 'policy'",
            "UPDATE sealed_states SET sealed = zeroblob(length(sealed)) WHERE name = 'policy'",
        ])
        func anAlteredPolicyIsRefused(change: String) throws {
            try vault.stop()
            try vault.sql(
                "CREATE TABLE kept.right AS SELECT * FROM sealed_states WHERE name = 'policy'")
            try vault.sql(change)
            try expectRefusal("policy")
            try vault.sql("REPLACE INTO sealed_states SELECT * FROM kept.right")
            try vault.start()
            #expect(try vault.read(id).status == 200)
        }
    }
}
