import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Requests that two readers could read in two ways.
    @Suite struct RequestAttackTests {
        private static let rights = AttackedVault.rights
        private static let email = "aino@example.fi"

        private let vault: TestVault
        private let id: String

        init() throws {
            vault = try TestVault(settings: TestVault.manyStrangers)
            try vault.start()
            id = try vault.create(TestVault.person("WC-1"))
        }

        /// Sends bytes and reads all answers until the connection ends or nothing more is due.
        private func answers(to bytes: [UInt8]) throws -> [Answer] {
            let connection = try vault.connect()
            try? connection.send(bytes)
            connection.endSending()
            var answers: [Answer] = []
            while let answer = try? connection.answer() { answers.append(answer) }
            return answers
        }

        private func get(_ target: String, _ lines: [String]) -> [UInt8] {
            let head = ["GET \(target) HTTP/1.1", "Host: v"] + lines
            return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        }

        /// A path that is written in another way is no path, or the same one.
        @Test func targetsThatPlayTricksReachNothingElse() throws {
            let purpose = ["Aitta-Purpose: " + Self.rights]
            let path = "/v1/records/" + id
            func answer(_ target: String) throws -> Answer? {
                try answers(to: get(target, purpose)).first
            }
            let plain = try #require(try answer(path))
            #expect(plain.status == 200 && plain.text.contains(Self.email))
            for target in [
                "/v1/records/../records/" + id, "/v1/status/../records/" + id,
                "/v1/./records/" + id, "/v1/records/%2e%2e/records/" + id,
                "/v1/records/%2E/" + id, "/v1%2Frecords%2F" + id, "/v1/records%2f" + id,
                path + "%00", path + "%20", path + "%0d%0aX:1", path + "%2f", path + ";view=plain",
                path + ".json", path + ",", path + "%3fview=plain", path + "/../" + id,
                "/v1/records/%00" + id, "/v1/records/{\(id)}",
                "/v1/records/" + id.replacing("-", with: ""), "/v1/records/urn:uuid:" + id,
                "/v1/records/" + id.dropLast(), "/v1/records/" + id + id,
                "/v1/records/" + String(repeating: "0", count: 8000), "/V1/RECORDS/" + id,
                "*", "vault:80", id, "https://vault" + path, "HTTP://vault" + path,
                "http://vault@evil" + path + "/x", "ftp://vault" + path, "?" + path, "#" + path,
                path + "?fields=email&fields=name", path + "?fields=email&Fields=name",
                path + "?fields=email;view=plain", path + "?fields", path + "?&", path + "?=",
                path + "?fields=email%00", path + "?fields=%65mail%2", path + "?fields=%ff",
                path + "?fields=email,,name", path + "?fields=email%26view=plain",
                path + "?view=plain&view=masked", path + "??", path + "?fields=e-mail",
                path + "?fields%3Demail",
            ] {
                let answer = try answer(target)
                #expect((400..<500).contains(answer?.status ?? 400), "\(target)")
                #expect(answer?.text.contains(Self.email) != true, "\(target)")
            }
            // Written otherwise, but meaning the same by the standards: the same answer, or none.
            for target in [
                path.uppercased().replacing("/V1/RECORDS", with: "/v1/records"), path + "/",
                "//v1//records/" + id, "http://vault" + path, "http://" + path,
                "/v1/records/%30" + id.dropFirst(), path + "?", path + "#fragment",
            ] {
                guard let answer = try answer(target) else { continue }
                let isSame = answer.status == 200 && answer.body == plain.body
                #expect(isSame || (400..<500).contains(answer.status), "\(target) \(answer.text)")
                #expect(isSame || !answer.text.contains(Self.email), "\(target)")
            }
        }

        /// A purpose is one of the catalogue's, letter by letter, sent once.
        @Test func purposesThatPlayTricksOpenNothing() throws {
            let path = "/v1/records/" + id
            for lines in [
                ["Aitta-Purpose: order", "Aitta-Purpose: " + Self.rights],
                ["Aitta-Purpose: " + Self.rights, "Aitta-Purpose: order"],
                ["Aitta-Purpose: " + Self.rights, "aitta-purpose: " + Self.rights],
                ["Aitta-Purpose: " + Self.rights, "Aitta-Purpose:"],
                ["Aitta-Purpose:", "Aitta-Purpose: " + Self.rights],
                ["Aitta-Purpose: order, " + Self.rights], ["Aitta-Purpose: \(Self.rights),order"],
                ["Aitta-Purpose: \(Self.rights);q=1"], ["Aitta-Purpose: \"\(Self.rights)\""],
                ["Aitta-Purpose: Data-Subject-Rights"], ["Aitta-Purpose: DATA-SUBJECT-RIGHTS"],
                ["Aitta-Purpose: data_subject_rights"], ["Aitta-Purpose: data subject rights"],
                ["Aitta-Purpose: data%2Dsubject%2Drights"],
                ["Aitta-Purpose: \(Self.rights)\u{A0}"], ["Aitta-Purpose: \(Self.rights)\u{200B}"],
                ["Aitta-Purpose: \(Self.rights)\u{0}"], ["Aitta-Purpose: \u{0}\(Self.rights)"],
                ["Aitta-Purpose: data-\r\n subject-rights"],
                ["Aitta-Purpose: order\r\n \(Self.rights)"],
                ["Aitta-Purpose: order\r\n\t\(Self.rights)"],
                ["Aitta-Purpose : " + Self.rights], [" Aitta-Purpose: " + Self.rights],
                ["Aitta_Purpose: " + Self.rights], ["X-Aitta-Purpose: " + Self.rights],
                ["Aitta-Purpose"], ["Aitta-Purpose="], ["Aitta-Purpose: order\rAitta-Purpose: x"],
                ["Aitta-Purpose: *"], ["Aitta-Purpose: all"], ["Purpose: " + Self.rights], [],
            ] {
                let answers = try answers(to: get(path, lines))
                #expect(answers.count <= 1)
                for answer in answers {
                    #expect([400, 403].contains(answer.status), "\(lines) \(answer.text)")
                    #expect(!answer.text.contains(Self.email), "\(lines)")
                }
            }
            // The control, with the space around a value that HTTP allows.
            for line in ["Aitta-Purpose: ", "aitta-purpose:", "AITTA-PURPOSE: \t "] {
                let answer = try #require(try answers(to: get(path, [line + Self.rights])).first)
                #expect(answer.status == 200 && answer.text.contains(Self.email))
            }
        }

        /// Other headers that are sent twice are not read in two ways either.
        @Test func headersSentTwiceAreRefused() throws {
            let path = "/v1/records/" + id
            let change = #"{"fields":{"email":"eino@example.fi"}}"#
            let type = "Content-Type: application/json"
            let key = "Idempotency-Key: 6f1f3c1e-0000-4000-8000-000000000001"
            func send(_ method: String, _ lines: [String]) throws -> [Answer] {
                let isPost = method == "POST"
                let body = isPost ? TestVault.person("WC-2") : change
                let head = [
                    "\(method) \(isPost ? "/v1/records" : path) HTTP/1.1", "Host: v",
                    "Aitta-Purpose: order", "Content-Length: \(body.utf8.count)",
                ]
                let text = (head + lines).joined(separator: "\r\n") + "\r\n\r\n" + body
                return try answers(to: Array(text.utf8))
            }
            for (method, lines) in [
                ("PATCH", [type, "Content-Type: text/plain"]),
                ("PATCH", ["Content-Type: text/plain", type]),
                ("PATCH", [type, #"If-Match: "1", "2""#]),
                ("PATCH", [type, #"If-Match: "1""#, #"If-Match: "2""#]),
                ("PATCH", [type, #"If-Match: "2""#, #"If-Match: "1""#]),
                ("POST", [type, key, key.dropLast() + "2"]), ("POST", [type, key, key]),
                ("PATCH", [type, "Authorization: Bearer x"]),
                ("PATCH", [type, "Authorization: Bearer x", "Authorization: Bearer y"]),
            ] {
                let answers = try send(method, lines)
                #expect(answers.count == 1 && (400..<500).contains(answers[0].status), "\(lines)")
            }
            #expect(try vault.read(id).json["version"]?.integer == 1)
            #expect(try vault.liveRecords() == [id])
            // The control: sent once, they are taken.
            #expect(try send("POST", [type, key]).map(\.status) == [201])
            #expect(try send("PATCH", [type, #"If-Match: "1""#]).map(\.status) == [200])
        }

        /// A request hidden in what another reader takes for a body is never carried out, and no
        /// request is answered twice.
        @Test func hiddenRequestsStayHidden() throws {
            let change = #"{"fields":{"email":"eino@example.fi"}}"#
            func hidden(_ id: String) -> String {
                """
                PATCH /v1/records/\(id) HTTP/1.1\r\nHost: v\r\nAitta-Purpose: order\r
                Content-Type: application/json\r\nContent-Length: \(change.utf8.count)\r\n\r
                \(change)
                """.replacing("\r\n\n", with: "\r\n").replacing("\r\r\n", with: "\r\n")
            }
            let hidden = hidden(id)
            let count = hidden.utf8.count
            let search = #"{"field":"email","value":"x@example.fi"}"#
            let post =
                "POST /v1/search HTTP/1.1\r\nHost: v\r\nAitta-Purpose: \(Self.rights)\r\n"
                + "Content-Type: application/json\r\n"
            let read =
                "GET /v1/records/\(id) HTTP/1.1\r\nHost: v\r\nAitta-Purpose: \(Self.rights)\r\n"
            let chunked = "Transfer-Encoding: chunked\r\n"
            let chunk = String(search.utf8.count, radix: 16) + "\r\n\(search)\r\n0\r\n\r\n"
            let both = "Content-Length: \(search.utf8.count)\r\n"
            let smuggled = [
                // Length and chunks at once, either way round.
                post + "Content-Length: \(chunk.utf8.count + count)\r\n" + chunked + "\r\n" + chunk
                    + hidden,
                post + chunked + "Content-Length: \(chunk.utf8.count + count)\r\n\r\n" + chunk
                    + hidden,
                post + "Content-Length: 4\r\n" + chunked + "\r\n" + String(count, radix: 16)
                    + "\r\n" + hidden + "\r\n0\r\n\r\n",
                // Two lengths, and lengths that are none.
                post + both + "Content-Length: \(search.utf8.count + count)\r\n\r\n" + search
                    + hidden,
                post + "Content-Length: \(search.utf8.count + count)\r\n" + both + "\r\n" + search
                    + hidden,
                post + "Content-Length: \(search.utf8.count), \(search.utf8.count + count)\r\n\r\n"
                    + search + hidden,
                post + "Content-Length: +\(search.utf8.count)\r\n\r\n" + search + hidden,
                post + "Content-Length: -1\r\n\r\n" + search + hidden,
                post + "Content-Length: 0x10\r\n\r\n" + search + hidden,
                post + "Content-Length: \(search.utf8.count) 0\r\n\r\n" + search + hidden,
                post + "Content-Length: 18446744073709551657\r\n\r\n" + search + hidden,
                post + "Content-Length:\r\n\r\n" + hidden,
                post + "Content-Length : \(search.utf8.count + count)\r\n\r\n" + search + hidden,
                post + "Content-Length\r\n : \(search.utf8.count + count)\r\n\r\n" + search
                    + hidden,
                // Encodings that are none, and chunks that are none.
                post + "Transfer-Encoding: xchunked\r\n\r\n" + chunk + hidden,
                post + "Transfer-Encoding: identity\r\n" + both + "\r\n" + search + hidden,
                post + "Transfer-Encoding: chunked, identity\r\n\r\n" + chunk + hidden,
                post + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk + hidden,
                post + "Transfer-Encoding : chunked\r\n\r\n" + chunk + hidden,
                post + "Transfer-Encoding:\r\n chunked\r\n\r\n" + chunk + hidden,
                post + "Transfer-Encoding: \u{0B}chunked\r\n\r\n" + chunk + hidden,
                post + chunked + "\r\nFFFFFFFFFFFFFFFFF\r\n" + search + "\r\n0\r\n\r\n" + hidden,
                post + chunked + "\r\n-1\r\n" + search + "\r\n0\r\n\r\n" + hidden,
                post + chunked + "\r\n0x2\r\n{}\r\n0\r\n\r\n" + hidden,
                post + chunked + "\r\nzz\r\n" + search + "\r\n0\r\n\r\n" + hidden,
                post + chunked + "\r\n2\r\n{}0\r\n\r\n" + hidden,
                post + chunked + "\r\n2\n{}\n0\n\n" + hidden,
                post + chunked + "\r\n2;x\n{}\r\n0\r\n\r\n" + hidden,
                // A method that takes no body has one.
                read + "Content-Length: \(count)\r\n\r\n" + hidden,
                read + chunked + "\r\n" + String(count, radix: 16) + "\r\n" + hidden
                    + "\r\n0\r\n\r\n",
                // Lines that end in one byte, and lines that are none.
                (post + "Content-Length: \(count)\r\n\r\n").replacing("\r\n", with: "\n") + hidden,
                post + "X: y\rContent-Length: \(count)\r\n\r\n" + hidden,
                post + "X\r\nContent-Length: \(count)\r\n\r\n" + hidden,
                post + "X: \u{0}\r\nContent-Length: \(count)\r\n\r\n" + hidden,
                "GET /healthz HTTP/1.0\r\n" + chunked + "\r\n" + hidden,
                "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n" + hidden,
                "GET /healthz\r\n" + hidden,
            ]
            for (number, text) in smuggled.enumerated() {
                let answers = try answers(to: Array(text.utf8))
                #expect(answers.count <= 1, "\(number): \(answers.map(\.text)) \(text)")
                let version = try vault.read(id).json["version"]?.integer
                try #require(version == 1, "\(number): \(text)")
            }
            let entries = try vault.connect().ask("GET", "/v1/audit/entries?limit=1000")
            let operations = entries.json["items"]?.items?.compactMap { $0["op"]?.text } ?? []
            #expect(operations.contains("read") && !operations.contains("update"))
            // The control: sent openly, one after the other, both are carried out.
            let answers = try answers(
                to: Array((post + both + "\r\n" + search + hidden).utf8))
            #expect(answers.map(\.status) == [200, 200], "\(answers.map(\.text))")
            #expect(try vault.read(id).json["version"]?.integer == 2)
        }

        /// What waits on an open connection when a grant is revoked is refused.
        @Test(.needsRoot) func requestsThatWaitWhenAGrantIsRevokedAreRefused() throws {
            let uid: UInt32 = 41360
            let granted = try vault.connect().ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:\#(uid)","role":"dpo","reason":"x"}"#)
            let grant = try #require(granted.json["id"]?.text)
            try ReadWhileClosed(
                uid: uid, purpose: Self.rights, path: "/v1/records/" + id, secret: Self.email
            ).expectClosed(by: ("DELETE", "/v1/grants/" + grant, nil, nil), of: vault, with: "403")
        }

        /// A history takes long to find: one that is under way when the grant is revoked is refused, too.
        @Test(.needsRoot) func historiesUnderWayWhenAGrantIsRevokedAreRefused() throws {
            let uid: UInt32 = 41361
            let granted = try vault.connect().ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:\#(uid)","role":"auditor","reason":"x"}"#)
            let grant = try #require(granted.json["id"]?.text)
            // A thousand entries to look through.
            let nobody = "\"01900000-0000-7000-8000-000000000000\""
            let ids = Array(repeating: nobody, count: 1000).joined(separator: ",")
            let filled = try vault.connect().ask(
                "POST", "/v1/batch/read", purpose: Self.rights, json: #"{"ids":[\#(ids)]}"#)
            try #require(filled.status == 200)
            try ReadWhileClosed(
                uid: uid, purpose: Self.rights, path: "/v1/records/" + id + "/history?limit=1000",
                secret: #""op":"create""#
            ).expectClosed(by: ("DELETE", "/v1/grants/" + grant, nil, nil), of: vault, with: "403")
        }
    }
}
