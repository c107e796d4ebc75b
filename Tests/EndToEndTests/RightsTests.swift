import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// What a person may say of their data, over the socket: in effect on the next request.
    @Suite struct RightsTests {
        private static let rights = "data-subject-rights"
        private static let person = """
            {"kind":"person","reference":"WC-1","fields":{
             "name":{"given":"Aino","family":"Korhonen"},"email":"aino@example.fi",
             "phone":"+358401234567","address":{"street":"Vasarakatu 29","postalCode":"40320",
              "city":"Jyväskylä","country":"FI"}}}
            """
        private static let company = """
            {"kind":"company","reference":"C-1","fields":{"name":"Esimerkki Oy",
             "email":"info@example.fi"}}
            """

        private func vault() throws -> TestVault {
            let vault = try TestVault()
            try vault.start()
            return vault
        }

        @Test func consentOpensAndItsWithdrawalClosesAtOnce() throws {
            let vault = try vault()
            let id = try vault.create(Self.person)
            let path = "/v1/records/\(id)"
            let marketing = try vault.connect()
            func read() throws -> Answer {
                try marketing.ask("GET", path, purpose: "marketing")
            }
            func reachable() throws -> [String] {
                let page = try marketing.ask("GET", "/v1/records?purpose=marketing")
                return (page.json["items"]?.items ?? []).compactMap { $0["id"]?.text }
            }
            func say(_ state: String) throws {
                let answer = try vault.connect().ask(
                    "POST", path + "/consents", purpose: "order",
                    json: #"{"purpose":"marketing","state":"\#(state)","evidence":"box 3"}"#)
                #expect(answer.status == 201 && answer.json["id"]?.text == id)
            }
            #expect(try read().code == "not_granted")
            #expect(try reachable().isEmpty)
            for _ in 0..<3 {
                try say("given")
                let answer = try read()
                #expect(answer.status == 200 && answer.text.contains("aino@example.fi"))
                #expect(try reachable() == [id])
                try say("withdrawn")
                let refused = try read()
                #expect(refused.status == 403 && !refused.text.contains("aino"))
                #expect(try reachable().isEmpty)
            }
            let history = try marketing.ask("GET", path + "/consents", purpose: Self.rights)
            let states = (history.json["items"]?.items ?? []).compactMap { $0["state"]?.text }
            #expect(states == ["given", "withdrawn", "given", "withdrawn", "given", "withdrawn"])
            #expect(
                try vault.connect().ask("GET", path + "/consents", purpose: "order").status == 403)
            try vault.kill()
            try vault.start()
            #expect(
                try vault.connect().ask("GET", path, purpose: "marketing").code == "not_granted")
            try vault.stop()
            #expect(try vault.aittad("check").status == 0)
            for file in [vault.database, vault.database + "-wal"] + vault.outputs {
                let bytes = (try? Data(contentsOf: URL(filePath: file))) ?? Data()
                #expect(bytes.firstRange(of: Data("box 3".utf8)) == nil)
            }
        }

        @Test func anObjectionClosesAtOnce() throws {
            let vault = try vault()
            let id = try vault.create(Self.company)
            let path = "/v1/records/\(id)"
            let marketing = try vault.connect()
            func status() throws -> Int {
                try marketing.ask("GET", path, purpose: "marketing").status
            }
            #expect(try status() == 200)
            let put = try vault.connect().ask(
                "PUT", path + "/objections/marketing", purpose: "customer-service",
                json: #"{"source":"company-contact"}"#)
            #expect(put.status == 200)
            #expect(try status() == 403)
            let wrong = try vault.connect().ask(
                "PUT", path + "/objections/order", purpose: Self.rights, json: "{}")
            #expect(wrong.status == 422)
            let lifted = try vault.connect().ask(
                "DELETE", path + "/objections/marketing", purpose: Self.rights)
            #expect(lifted.status == 200)
            #expect(try status() == 200)
            let history = try marketing.ask("GET", path + "/objections", purpose: Self.rights)
            #expect(history.json["items"]?.items?.count == 2)
        }

        @Test func aRestrictionLocksAtOnce() throws {
            let vault = try vault()
            let id = try vault.create(Self.person)
            let path = "/v1/records/\(id)"
            let service = try vault.connect()
            let purpose = "customer-service"
            #expect(try service.ask("GET", path, purpose: purpose).status == 200)
            let set = try vault.connect().ask(
                "PUT", path + "/restriction", purpose: Self.rights,
                json: #"{"ground":"accuracy-contested"}"#)
            #expect(set.status == 200)
            let locked = try service.ask("GET", path, purpose: purpose)
            #expect(locked.status == 423 && locked.code == "restricted")
            #expect(!locked.text.contains("Korhonen"))
            let patch = try service.ask(
                "PATCH", path, purpose: purpose, json: #"{"fields":{"phone":null}}"#)
            #expect(patch.status == 423)
            let batch = try service.ask(
                "POST", "/v1/batch/read", purpose: purpose, json: #"{"ids":["\#(id)"]}"#)
            #expect(batch.text.contains(#""status":423"#) && !batch.text.contains("Korhonen"))
            let written = try service.ask(
                "POST", "/v1/batch/write", purpose: purpose,
                json: #"{"operations":[{"op":"update","id":"\#(id)","fields":{"phone":null}}]}"#)
            #expect(written.text.contains(#""status":423"#))
            let found = try service.ask(
                "POST", "/v1/search", purpose: purpose,
                json: #"{"field":"reference","value":"WC-1"}"#)
            let match = found.json["matches"]?.items?.first
            #expect(match?["id"]?.text == id && match?["fields"] == .object([]))
            #expect(match?["withheld"]?["name"]?.text == "restricted")
            let dpo = try vault.read(id)
            #expect(dpo.json["state"]?.text == "restricted" && dpo.text.contains("Korhonen"))
            let shown = try service.ask("GET", path + "/restriction", purpose: Self.rights)
            #expect(shown.json["ground"]?.text == "accuracy-contested")
            _ = try vault.connect().ask("DELETE", path + "/restriction", purpose: Self.rights)
            #expect(try service.ask("GET", path, purpose: purpose).json["state"]?.text == "live")
        }

        @Test func aProtectionHidesAtOnce() throws {
            let vault = try vault()
            let id = try vault.create(Self.person)
            let path = "/v1/records/\(id)"
            let service = try vault.connect()
            let purpose = "customer-service"
            func read(_ query: String = "") throws -> Answer {
                try service.ask("GET", path + query, purpose: purpose)
            }
            #expect(try read().text.contains("Vasarakatu"))
            let set = try vault.connect().ask(
                "PUT", path + "/protection", purpose: Self.rights, json: #"{"until":"2099-12-31"}"#)
            #expect(set.status == 200)
            for query in ["", "?view=masked", "?fields=address,phone"] {
                let answer = try read(query)
                #expect(answer.status == 200)
                #expect(answer.json["withheld"]?["address"]?.text == "protected")
                #expect(answer.json["withheld"]?["phone"]?.text == "protected")
                for text in ["Vasarakatu", "Jyväskylä", "40320", "67"] {
                    #expect(answer.json["fields"].map { !"\($0)".contains(text) } ?? false)
                }
            }
            let search = try service.ask(
                "POST", "/v1/search", purpose: purpose,
                json: #"{"field":"phone","value":"+358401234567"}"#)
            #expect(search.json["matches"]?.items?.isEmpty == true)
            #expect(try vault.read(id).text.contains("Vasarakatu"))
            let listed = try vault.connect().ask(
                "GET", "/v1/protections?before=2100-06-01T00:00:00Z", purpose: Self.rights)
            #expect(
                listed.json["items"]?.items?.first?["until"]?.text == "2100-01-01T00:00:00Z")
            let before = try vault.connect().ask(
                "GET", "/v1/protections?before=2098-06-01T00:00:00Z", purpose: Self.rights)
            #expect(before.json["items"]?.items?.isEmpty == true)
            let end = try vault.connect().ask(
                "DELETE", path + "/protection", purpose: Self.rights)
            #expect(end.status == 200)
            #expect(try read().text.contains("Vasarakatu"))
        }

        @Test func protectionsThatEndSoonAreCounted() throws {
            let vault = try vault()
            let id = try vault.create(Self.person)
            let end = Date.now.addingTimeInterval(10 * 86_400).formatted(.iso8601)
            let set = try vault.connect().ask(
                "PUT", "/v1/records/\(id)/protection", purpose: Self.rights,
                json: #"{"until":"\#(end)"}"#)
            #expect(set.status == 200)
            try vault.stop()
            try vault.start()
            let isCounted = try Poll.until(atMostSeconds: 10) {
                try vault.connect().ask("GET", "/v1/status")
                    .json["protectionsEndingWithin30Days"]?.integer == 1
            }
            #expect(isCounted)
            let log = try vault.scratch.read("daemon.err")
            let line = log.split(separator: "\n").first { $0.contains("protections end") }
            #expect(line?.contains(#""level":"warning""#) == true)
            #expect(line?.contains(#""count":"1""#) == true)
            #expect(!log.contains(id))
        }

        @Test func theListsPurposeIsTheHeaders() throws {
            let vault = try vault()
            let connection = try vault.connect()
            let both = try connection.ask(
                "GET", "/v1/records?purpose=marketing", purpose: "marketing")
            #expect(both.status == 200)
            let other = try connection.ask(
                "GET", "/v1/records?purpose=marketing", purpose: Self.rights)
            #expect(other.status == 400 && other.text.contains("as-in-header"))
            #expect(try connection.ask("GET", "/v1/records?purpose=order").status == 403)
            #expect(try connection.ask("GET", "/v1/records").status == 400)
        }
    }
}
