import CoreMetrics
import Foundation
import HTTPTypes
import Testing
import Vault
import VaultAPI

@testable import VaultServer

@Suite struct PrometheusTests {
    private static let descriptions = [
        MetricDescription("requests_total", .counter, "Requests, \"all\" of\nC:\\them."),
        MetricDescription("open", .gauge, "Open."),
        MetricDescription("seconds", .histogram(bounds: [0.5, 1]), "Seconds."),
        MetricDescription("unused", .gauge, "Nobody makes it."),
    ]

    private func exposed(_ registry: PrometheusRegistry) -> String {
        String(decoding: registry.text(), as: UTF8.self)
    }

    @Test func `what was counted is written as the format has it`() {
        let registry = PrometheusRegistry(Self.descriptions)
        let labels = [("route", "/a\"b\\c\nd"), ("status", "200")]
        Counter(label: "requests_total", dimensions: labels, factory: registry).increment(by: 2)
        Counter(label: "requests_total", dimensions: labels, factory: registry).increment()
        let open = Meter(label: "open", factory: registry)
        open.increment(by: 2.5)
        open.decrement()
        let seconds = Timer(
            label: "seconds", dimensions: [("route", "/x")], factory: registry)
        for milliseconds in [500, 501, 1000, 1001] { seconds.recordMilliseconds(milliseconds) }
        #expect(
            exposed(registry) == #"""
                # HELP requests_total Requests, "all" of\nC:\\them.
                # TYPE requests_total counter
                requests_total{route="/a\"b\\c\nd",status="200"} 3
                # HELP open Open.
                # TYPE open gauge
                open 1.5
                # HELP seconds Seconds.
                # TYPE seconds histogram
                seconds_bucket{route="/x",le="0.5"} 1
                seconds_bucket{route="/x",le="1"} 3
                seconds_bucket{route="/x",le="+Inf"} 4
                seconds_sum{route="/x"} 3.002
                seconds_count{route="/x"} 4

                """#)
    }

    @Test func `nothing that threads count at once is lost`() async {
        let registry = PrometheusRegistry(Self.descriptions)
        let counter = Counter(label: "requests_total", factory: registry)
        let recorder = Recorder(label: "seconds", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        recorder.record(2)
                    }
                }
            }
        }
        let text = exposed(registry)
        #expect(text.contains("requests_total 8000\n"))
        #expect(text.contains("seconds_sum 16000\n") && text.contains("seconds_count 8000\n"))
    }

    @Test func `requests count by template, refusals by code`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                for (path, status) in [
                    ("/whoami", 200), ("/fields/canary", 404), ("/canary", 404), ("/broken", 500),
                ] {
                    let answer = try await client.ask("GET", path)
                    #expect(answer?.status == status)
                }
                let text = exposed(server.registry)
                for line in [
                    #"aitta_requests_total{route="/whoami",method="GET",status="200"} 1"#,
                    #"aitta_requests_total{route="/fields/{id}",method="GET",status="404"} 1"#,
                    #"aitta_requests_total{route="none",method="GET",status="404"} 1"#,
                    #"aitta_request_seconds_count{route="/fields/{id}"} 1"#,
                    #"aitta_refusals_total{code="unknown_record"} 1"#,
                    #"aitta_refusals_total{code="no_such_route"} 1"#,
                    #"aitta_refusals_total{code="internal"} 1"#,
                    "aitta_connections 1",
                ] {
                    #expect(text.contains(line + "\n"), "\(line)")
                }
                #expect(!text.contains("canary"))
            }
        }
    }

    @Test func `what no route sees is counted too`() async throws {
        try await TestServer.run { server in
            try await RawClient.with(server.path) { client in
                try await client.send("nonsense\r\n\r\n")
                #expect(await client.answer()?.status == 400)
            }
            #expect(
                exposed(server.registry).contains(
                    #"aitta_refusals_total{code="malformed_request"} 1"# + "\n"))
        }
    }

    /// Prints what counting a request costs; asserts nothing about time.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["AITTA_MEASURE"] != nil))
    func costs() {
        let registry = PrometheusRegistry()
        let metrics = ServerMetrics(
            routes: [("/v1/records/{id}", .get)], factory: registry)
        let count: UInt64 = 1_000_000
        let began = ServerMetrics.nowNanoseconds
        for number in 0..<count {
            let start = ServerMetrics.nowNanoseconds
            metrics.noteRequest(
                "/v1/records/{id}", .get, status: 200,
                nanoseconds: ServerMetrics.nowNanoseconds - start + number)
        }
        print("a request: \((ServerMetrics.nowNanoseconds - began) / count) ns")
    }
}
