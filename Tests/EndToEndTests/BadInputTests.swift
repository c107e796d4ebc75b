import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// What is malformed is refused with a code, and the daemon goes on.
    @Suite struct BadInputTests {
        private static let person = TestVault.person("WC-1")

        @Test func malformedBodiesAreRefused() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person)
            let nested = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
            let deep = String(repeating: "[", count: 500_000)
            let bodies: [(body: [UInt8], status: Int, code: String)] = [
                (Array("{".utf8), 400, "malformed_json"),
                (Array("".utf8), 400, "malformed_json"),
                (Array("{\"kind\":\"person\",}".utf8), 400, "malformed_json"),
                (Array("{\"kind\":\"person\",\"kind\":\"person\"}".utf8), 400, "malformed_json"),
                (Array(nested.utf8), 400, "malformed_json"),
                (Array(deep.utf8), 400, "malformed_json"),
                (Array("{\"kind\":\"\u{0}\"}".utf8), 400, "malformed_json"),
                ([0xFF, 0xFE, 0x7B, 0x7D], 400, "malformed_json"),
                (
                    Array("{\"kind\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8), 400,
                    "malformed_json"
                ),
                (Array(#"{"kind":"\ud800"}"#.utf8), 400, "malformed_json"),
                (Array("[]".utf8), 400, "malformed_request"),
                (Array("{}".utf8), 422, "invalid_value"),
                (Array(#"{"kind":7,"fields":{}}"#.utf8), 422, "invalid_value"),
                (Array(#"{"kind":"person","fields":[]}"#.utf8), 422, "invalid_value"),
                (Array(#"{"kind":"person","fields":{},"x":1}"#.utf8), 400, "malformed_request"),
                (
                    Array(#"{"kind":"person","fields":{"email":{"a":1}}}"#.utf8), 422,
                    "invalid_value"
                ),
                (Array(#"{"kind":"person","fields":{"email":7}}"#.utf8), 422, "invalid_value"),
                (Array(#"{"kind":"person","fields":{"shoe":7}}"#.utf8), 422, "invalid_value"),
                (
                    Array(#"{"kind":"person","fields":{"henkilotunnus":"131052-308U"}}"#.utf8),
                    422, "invalid_value"
                ),
            ]
            for (number, wrong) in bodies.enumerated() {
                let answer = try vault.connect().ask(
                    "POST", "/v1/records", purpose: "order", body: wrong.body)
                #expect(
                    answer.status == wrong.status && answer.code == wrong.code,
                    "body \(number): \(answer.status) \(answer.text)")
                #expect(answer.json["requestId"]?.text == answer.headers["aitta-request-id"])
            }
            let text = try vault.connect().ask(
                "POST", "/v1/records", purpose: "order", headers: [("Content-Type", "text/plain")],
                json: Self.person)
            #expect(text.status == 415 && text.code == "not_json")
            #expect(try vault.liveRecords() == [id])
        }

        @Test func bodiesThatAreTooLargeAreRefused() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person)
            let filler = String(repeating: "x", count: 2 << 20)
            let body = Array(#"{"kind":"person","fields":{"email":"\#(filler)"}}"#.utf8)
            let head = HTTPConnection.head("POST", "/v1/records", "order", bodyCount: body.count)
            let connection = try vault.connect()
            try connection.send(head)
            // The daemon may stop reading in the middle of it.
            try? connection.send(body)
            let answer = try connection.answer()
            #expect(answer.status == 413 && answer.code == "body_too_large")
            #expect(OpenAPI.shared.isDescribed(answer, to: "POST", "/v1/records"))

            let chunked = try vault.connect()
            try chunked.send(
                """
                POST /v1/records HTTP/1.1\r\nHost: vault\r\nAitta-Purpose: order\r
                Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n
                """.replacing("\r\n\r\n\n", with: "\r\n\r\n").utf8)
            try? chunked.send(Array("200000\r\n".utf8) + body.prefix(0x200000))
            #expect(try chunked.answer().status == 413)

            let header = try vault.connect()
            try header.send(
                Array(
                    "GET /healthz HTTP/1.1\r\nHost: v\r\nX-Filler: \(filler.prefix(64 << 10))\r\n\r\n"
                        .utf8))
            #expect(try header.answer().status == 431)
            #expect(try vault.liveRecords() == [id])
        }

        @Test func requestsThatAreNoneAreRefused() throws {
            let vault = try TestVault(settings: "timeouts:\n  requestSeconds: 1")
            try vault.start()
            let id = try vault.create(Self.person)
            let path = "/v1/records/\(id)"
            let rights = "data-subject-rights"
            let long = String(repeating: "a", count: 200)
            typealias Wrong = (method: String, path: String, status: Int, code: String)
            let requests: [Wrong] = [
                ("GET", "/v1/records/not-an-id", 404, "unknown_record"),
                ("GET", "/v1/records/\(id.uppercased())x", 404, "unknown_record"),
                ("GET", "/v1/nothing", 404, "no_such_route"),
                ("GET", "/v1/records/../status", 404, "no_such_route"),
                ("DELETE", path, 405, "method_not_allowed"),
                ("GET", path + "?fields=", 400, "malformed_request"),
                ("GET", path + "?fields=\(long)", 422, "unknown_field"),
                ("GET", path + "?view=naked", 400, "malformed_request"),
                ("GET", path + "?other=1", 400, "malformed_request"),
                ("GET", "/v1/records?limit=0", 400, "malformed_request"),
                ("GET", "/v1/records?limit=-1", 400, "malformed_request"),
                ("GET", "/v1/records?limit=99999999999999999999", 400, "malformed_request"),
                ("GET", "/v1/records?after=x", 400, "malformed_request"),
            ]
            for request in requests {
                let answer = try vault.connect().ask(request.method, request.path, purpose: rights)
                #expect(
                    answer.status == request.status && answer.code == request.code,
                    "\(request) \(answer.text)")
            }
            for bytes in [
                "\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            ] {
                let connection = try vault.connect()
                try connection.send(bytes.utf8)
                #expect((try? connection.answer()).map { $0.status >= 400 } ?? true)
            }
            #expect(try vault.read(id).json["fields"]?["email"]?.text == "aino@example.fi")
        }

        @Test func batchesThatAreWrongAreRefused() throws {
            let vault = try TestVault()
            try vault.start()
            let connection = try vault.connect()
            let many = (0...1000).map { _ in #"{"op":"create","kind":"person","fields":{}}"# }
                .joined(separator: ",")
            for body in [#"{"operations":[]}"#, #"{"operations":[\#(many)]}"#, "{}"] {
                let answer = try connection.ask(
                    "POST", "/v1/batch/write", purpose: "order", json: body)
                #expect(answer.status == 400 && answer.code == "malformed_request")
            }
            // One that is wrong fails alone.
            let mixed = try connection.ask(
                "POST", "/v1/batch/write", purpose: "order",
                json: """
                    {"operations":[7,{"op":"create","kind":"person","fields":{"shoe":1}},
                     {"op":"create","kind":"person","fields":{"name":{"family":"Korhonen"}}}]}
                    """)
            let statuses = mixed.json["results"]?.items?.map { $0["status"]?.integer }
            #expect(statuses == [400, 422, 201], "\(mixed.text)")
            #expect(try vault.liveRecords().count == 1)
        }
    }
}
