import Testing

@testable import VaultServer

@Suite struct MalformedRequestTests {
    @Test(arguments: [
        "GARBAGE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /whoami HTTP/1.1\r\nHost v\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Length: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: v\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET whoami HTTP/1.1\r\nHost: v\r\n\r\n",
        "GET /whoami HTTP/1.1\r\nHost: v\r\nExpect: tea\r\n\r\n",
        "GET /whoami HTTP/1.1\r\nHost: v\r\nContent-Length: 2\r\n\r\n{}",
    ])
    func `what is not HTTP is answered as a problem`(_ text: String) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send(text)
                let answer = try #require(await client.answer())
                #expect(answer.status == 400)
                #expect(answer.code == "malformed_request")
                #expect(answer.headers["aitta-request-id"] != nil)
                #expect(await client.isEnded())
            }
        }
    }

    @Test func `a request that ends early is answered as a problem`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send("GET /whoami HT")
                try await client.closeOutput()
                #expect(await client.answer()?.code == "malformed_request")
            }
        }
    }

    @Test(arguments: [
        (#"{"a":1,}"#, "syntax", 7),
        (#"{"a":1,"a":2}"#, "duplicate-member", 7),
        ("{\"a\":\"\u{1}\"}", "control-character", 6),
        (#"{"a":"\ud800"}"#, "surrogate", 6),
        ("", "syntax", 0),
        (String(repeating: "[", count: 40), "depth", 32),
    ])
    func `what is not JSON is answered with rule and place`(
        _ body: String, _ rule: String, _ offset: Int
    ) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("POST", "/echo", body: body))
                #expect(answer.code == "malformed_json")
                #expect(answer.body.contains(#""rule":"\#(rule)","offset":\#(offset)"#))
                #expect(try await client.ask("POST", "/echo", body: "[1]")?.body == "[1]")
            }
        }
    }

    @Test func `a body that is not UTF-8 is answered with rule and place`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send(
                    Array(
                        "POST /echo HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n\""
                            .utf8) + [0xC3, 0x28, 0x61] + Array("\"".utf8))
                let answer = try #require(await client.answer())
                #expect(answer.code == "malformed_json")
                #expect(answer.body.contains(#""rule":"utf-8""#))
            }
        }
    }

    @Test(arguments: [
        ("text/plain", 415), ("application/json; charset=latin1", 415), ("application/jsonx", 415),
        ("application/json; charset=UTF-8", 200), ("Application/JSON", 200),
    ])
    func `a body must say that it is JSON`(_ type: String, _ status: Int) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try await client.ask(
                    "POST", "/echo", ["Content-Type: \(type)"], body: "{}")
                #expect(answer?.status == status)
            }
        }
    }

    @Test(
        arguments: [
            ("?colour=red", nil), ("?fields=a&fields=b", "once"),
            ("?fields=%zz", "percent-encoding"),
            ("?fields=%ff", "percent-encoding"), ("?fields", "percent-encoding"),
            ("?fields=a,,b", "names-1-64"), ("?view=blurred", "plain-or-masked"),
            ("?include=everything", "sources"), ("?&", nil),
        ] as [(String, String?)])
    func `a query must be one that the route knows`(_ query: String, _ rule: String?) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("GET", "/fields/\(id)" + query))
                #expect(answer.code == "malformed_request")
                if let rule { #expect(answer.body.contains(#""rule":"\#(rule)""#)) }
            }
        }
    }

    @Test func `a known query is read, and its escapes`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let query = "?fields=name,e%6Dail&view=masked&include=sources"
                let answer = try #require(await client.ask("GET", "/fields/\(id)" + query))
                #expect(answer.body == #"{"fields":"name,email"}"#)
            }
        }
    }

    @Test(arguments: [
        ("If-Match: 3", 400), ("If-Match: \"x\"", 400), ("If-Match: W/\"3\"", 400),
        ("If-Match: \"3\"", 200), ("Idempotency-Key: 7", 400), ("Authorization: Bearer x", 401),
        ("Idempotency-Key: 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", 200),
    ])
    func `headers are read strictly`(_ header: String, _ status: Int) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try await client.ask("GET", "/fields/\(id)", [header])
                #expect(answer?.status == status)
            }
        }
    }

    @Test(arguments: [
        ("GET", "/nowhere", 404, "no_such_route"), ("GET", "/fields/x", 404, "unknown_record"),
        ("GET", "/fields/\(id)/more", 404, "no_such_route"),
        ("DELETE", "/whoami", 405, "method_not_allowed"),
        ("PROPFIND", "/whoami", 405, "method_not_allowed"),
        ("POST", "/fields/\(id)", 405, "method_not_allowed"),
    ])
    func `routes that there are not are told apart`(
        _ method: String, _ path: String, _ status: Int, _ code: String
    ) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask(method, path))
                #expect(answer.status == status)
                #expect(answer.code == code)
                #expect(answer.headers["allow"] == (status == 405 ? "GET" : nil))
            }
        }
    }

    @Test(arguments: [
        ("[]", "object"), (#"{"text":"a","surprise":1}"#, "unknown-member"),
    ])
    func `a body may hold only what the route knows`(_ body: String, _ rule: String) async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                let answer = try #require(await client.ask("POST", "/object", body: body))
                #expect(answer.code == "malformed_request")
                #expect(answer.body.contains(#""rule":"\#(rule)""#))
            }
        }
    }
}

private let id = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
