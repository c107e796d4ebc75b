import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// Whoever can write the database file puts back what was there before somebody said no.
    @Suite struct RollbackAttackTests {
        private static let rights = AttackedVault.rights
        private static let phone = "+358401234567"
        private static let email = "aino@example.fi"
        private static let tables = ["records", "key_boxes"]

        /// What somebody says, and what they said before that.
        struct Case: Sendable, CustomTestStringConvertible {
            typealias Step = (method: String, path: String, json: String?)

            let testDescription: String
            var before: [Step] = []
            let closing: Step
            let purpose: String
            let secret: String
            /// What a read is answered while it is closed.
            let status: Int
        }

        static let cases: [Case] = [
            Case(
                testDescription: "consent",
                before: [("POST", "/consents", #"{"purpose":"marketing","state":"given"}"#)],
                closing: ("POST", "/consents", #"{"purpose":"marketing","state":"withdrawn"}"#),
                purpose: "marketing", secret: email, status: 403),
            Case(
                testDescription: "objection",
                closing: ("PUT", "/objections/payment-follow-up", "{}"),
                purpose: "payment-follow-up", secret: email, status: 403),
            Case(
                testDescription: "objection lifted once",
                before: [
                    ("PUT", "/objections/payment-follow-up", "{}"),
                    ("DELETE", "/objections/payment-follow-up", nil),
                ],
                closing: ("PUT", "/objections/payment-follow-up", "{}"),
                purpose: "payment-follow-up", secret: email, status: 403),
            Case(
                testDescription: "restriction",
                closing: ("PUT", "/restriction", #"{"ground":"x"}"#),
                purpose: "customer-service", secret: email, status: 423),
            Case(
                testDescription: "protection",
                closing: ("PUT", "/protection", #"{"until":"2999-01-01"}"#),
                purpose: "customer-service", secret: phone, status: 200),
        ]

        /// The row alone opens nothing; with its box it is found.
        @Test(arguments: cases) func whatWasOpenStaysClosed(_ open: Case) throws {
            // Nobody who is asked here may see what is protected.
            let loader: UInt32 = 41390
            let vault = try TestVault(
                grants: ["customer-service", "billing", "marketing"].map {
                    "uid:\(geteuid())=\($0)"
                } + ["uid:\(loader)=checkout", "uid:\(loader)=dpo"])
            try vault.start()
            let person = try vault.ask(
                as: loader, "POST", "/v1/records", purpose: "order",
                json: """
                    {"kind":"person","fields":{"name":{"given":"Aino","family":"Korhonen"},
                     "phone":"\(Self.phone)","email":"\(Self.email)"}}
                    """)
            let path = "/v1/records/" + (try #require(JSONValue(of: person)["id"]?.text))
            func say(_ step: Case.Step) throws {
                let said = try vault.ask(
                    as: loader, step.method, path + step.path, purpose: Self.rights,
                    json: step.json)
                try #require([200, 201].contains(said.status), "\(said.body)")
            }
            func isOpen() throws -> Bool {
                let read = try vault.connect().ask("GET", path, purpose: open.purpose)
                let isShown = read.text.contains(open.secret)
                if !isShown { #expect(read.status == open.status, "\(read.text)") }
                return isShown
            }
            for step in open.before { try say(step) }
            #expect(try isOpen(), "the control")
            try vault.stop()
            for table in Self.tables {
                try vault.sql("CREATE TABLE kept.old_\(table) AS SELECT * FROM \(table)")
            }
            try vault.start()
            try say(open.closing)
            #expect(try !isOpen())
            try vault.stop()
            for table in Self.tables {
                try vault.sql("CREATE TABLE kept.new_\(table) AS SELECT * FROM \(table)")
            }
            func putBack(_ age: String, _ tables: [String]) throws {
                for table in tables {
                    try vault.sql("REPLACE INTO \(table) SELECT * FROM kept.\(age)_\(table)")
                }
            }
            #expect(try vault.aittad("check").status == 0, "the control")
            // The row alone, and the box alone.
            for table in Self.tables {
                try putBack("old", [table])
                #expect(try vault.aittad("check").status == 1, "\(table)")
                if table == "records" {
                    try vault.start()
                    #expect(try !isOpen())
                    try vault.stop()
                }
                try putBack("new", [table])
            }
            try putBack("old", Self.tables)
            let check = try vault.aittad("check")
            #expect(check.status == 1, "\(check.output) \(check.error)")
            #expect(!(check.output + check.error).contains(open.secret))
            try putBack("new", Self.tables)
            #expect(try vault.aittad("check").status == 0)
        }
    }
}
