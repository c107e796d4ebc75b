import StrictJSON
import Testing

extension Canary {
    /// Reads, changes, finds and verifies, rightly.
    static func use(_ ids: Records, of vault: TestVault) throws {
        let connection = try vault.connect()
        let rights = "data-subject-rights"
        let read = try connection.ask(
            "GET", "/v1/records/\(ids.person)?include=sources", purpose: rights)
        // The control of it all: the values are there.
        #expect(read.json["fields"]?["email"]?.text == value("e-mail"))
        #expect(read.json["fields"]?["name"]?["family"]?.text == value("family name"))
        for (field, name) in [
            ("email", "e-mail"), ("reference", "reference"), ("henkilotunnus", "henkilötunnus"),
            ("phone", "phone as sent"), ("ytunnus", "Y-tunnus"), ("name", "family name"),
        ] {
            let found = try connection.ask(
                "POST", "/v1/search", purpose: rights,
                json: #"{"field":"\#(field)","value":"\#(value(name))"}"#)
            #expect(found.json["matches"]?.items?.isEmpty == false, "\(field)")
        }
        for name in ["henkilötunnus", "wrong value"] {
            let answer = try connection.ask(
                "POST", "/v1/records/\(ids.person)/verify", purpose: rights,
                json: #"{"field":"henkilotunnus","value":"\#(value(name))"}"#)
            #expect(name == "wrong value" || answer.json["match"]?.flag == true)
        }
        let changed = try connection.ask(
            "PATCH", "/v1/records/\(ids.person)", purpose: "customer-service",
            headers: [("Content-Type", "application/merge-patch+json")],
            json: """
                {"fields":{"name":{"family":"\(value("changed family name"))"},
                 "address":{"city":"\(value("changed city"))"}}}
                """)
        #expect(changed.status == 200, "\(changed.text)")
        let removed = try connection.ask(
            "PATCH", "/v1/records/\(ids.person)", purpose: "order",
            json: #"{"fields":{"billing":null}}"#)
        #expect(removed.status == 200, "\(removed.text)")
        let batch = try connection.ask(
            "POST", "/v1/batch/read", purpose: rights,
            json: #"{"ids":["\#(ids.person)","\#(ids.company)","\#(ids.contact)"]}"#)
        #expect(batch.text.contains(value("changed family name")))
        let listed = try connection.ask(
            "GET", "/v1/records/\(ids.company)/contacts", purpose: rights)
        #expect(listed.text.contains(value("contact's family name")))
        let duplicate = try connection.ask(
            "POST", "/v1/records", purpose: "order",
            json: """
                {"kind":"person","fields":{"name":{"family":"\(value("family name"))"},
                 "henkilotunnus":"\(henkilotunnus)"}}
                """)
        #expect(duplicate.status == 409)
    }

    /// Puts values where none belong.
    static func misplace(in vault: TestVault, id: String) throws {
        let path = "/v1/records/\(id)"
        let rights = "data-subject-rights"
        typealias Wrong = (
            method: String, path: String, purpose: String?, headers: [(String, String)],
            json: String?
        )
        let wrong: [Wrong] = [
            ("GET", "/v1/records/\(value("path"))", rights, [], nil),
            ("GET", "/v1/\(value("path"))", rights, [], nil),
            ("GET", "/\(value("path"))/\(value("e-mail"))", nil, [], nil),
            ("GET", path + "?fields=\(value("query"))", rights, [], nil),
            ("GET", path + "?\(value("query"))=1", rights, [], nil),
            ("GET", path + "?view=\(value("query"))", rights, [], nil),
            ("GET", path, value("purpose"), [], nil),
            ("GET", path, rights, [("Authorization", "Bearer " + value("token"))], nil),
            ("GET", path, rights, [(value("header's name"), value("header"))], nil),
            ("GET", path, rights, [("User-Agent", value("header"))], nil),
            ("POST", "/v1/records", "order", [("Idempotency-Key", value("header"))], "{}"),
            ("PATCH", path, "order", [("If-Match", value("header"))], "{}"),
            ("POST", "/v1/records", "order", [], #"{"kind":"\#(value("wrong value"))"}"#),
            ("POST", "/v1/records", "order", [], #"{"\#(value("member's name"))":1}"#),
            ("POST", "/v1/records", "order", [], #"{"kind":"person" \#(value("malformed JSON"))"#),
            (
                "POST", "/v1/records", "order", [],
                #"{"kind":"person","fields":{"\#(value("field's name"))":1}}"#
            ),
            (
                "POST", "/v1/records", "order", [],
                #"{"kind":"person","fields":{"henkilotunnus":"\#(value("wrong value"))"}}"#
            ),
            (
                "POST", "/v1/search", rights, [],
                #"{"field":"\#(value("field's name"))","value":"x"}"#
            ),
            (
                "POST", path + "/erasure", rights, [],
                #"{"reason":"\#(value("reason"))"}"#
            ),
            (
                "POST", path + "/erasure", rights, [],
                #"{"reason":"x","compartments":["\#(value("field's name"))"]}"#
            ),
            (
                "POST", "/v1/grants", nil, [],
                #"{"principal":"user:\#(value("path"))","role":"dpo","reason":"x"}"#
            ),
            (
                "POST", "/v1/batch/write", "order", [],
                #"{"operations":[{"op":"\#(value("member's name"))"}]}"#
            ),
            (value("method"), path, rights, [], nil),
        ]
        for (number, request) in wrong.enumerated() {
            let connection = try vault.connect()
            let answer = try connection.ask(
                request.method, request.path, purpose: request.purpose, headers: request.headers,
                body: request.json.map { Array($0.utf8) })
            // A header that nobody knows is nobody's error; a batch's operations fail alone.
            let isIgnored =
                request.headers.contains { $0.1 == value("header") }
                || request.path == "/v1/batch/write"
            #expect(answer.status >= 400 || isIgnored, "\(number): \(answer.status)")
            for name in ["path", "query", "header", "purpose", "token", "wrong value", "reason"] {
                #expect(!answer.text.contains(value(name)), "an answer repeats the \(name)")
            }
        }
        let broken = try vault.connect()
        try broken.send(
            "GET \(value("malformed head")) nonsense\r\n\(value("header"))\r\n\r\n".utf8)
        let answer = try? broken.answer()
        #expect(answer?.text.contains(value("malformed head")) != true)
        #expect(answer.map { $0.status >= 400 } ?? true)
    }
}
