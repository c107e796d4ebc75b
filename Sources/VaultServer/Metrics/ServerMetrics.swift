import CoreMetrics
import Glibc
import HTTPTypes
import Hummingbird
import Synchronization
import Vault
import VaultAPI

/// What the server measures: requests by route template, refusals by code, connections.
final class ServerMetrics: Sendable {
    private struct RouteKey: Hashable {
        let template: String
        let method: HTTPRequest.Method
    }

    private static let unrouted = "none"
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options,
    ]

    private let routes: [RouteKey: RouteMetrics]
    private let others: [HTTPRequest.Method: RouteMetrics]
    private let otherMethods: RouteMetrics
    private let refusals: [String: Counter]
    private let otherRefusals: Counter
    private let openConnections: Meter

    /// Makes the instruments for the routes of a router.
    init(routes: [(template: String, method: HTTPRequest.Method)], factory: any MetricsFactory) {
        func metrics(_ template: String, _ method: String) -> RouteMetrics {
            RouteMetrics(route: template, method: method, factory: factory)
        }
        func refusals(_ code: String) -> Counter {
            Counter(
                label: "aitta_refusals_total", dimensions: [("code", code)], factory: factory)
        }
        self.routes = Dictionary(
            routes.map { template, method in
                (
                    RouteKey(template: template, method: method),
                    metrics(template, method.rawValue)
                )
            }, uniquingKeysWith: { first, _ in first })
        others = Dictionary(
            uniqueKeysWithValues: Self.methods.map { ($0, metrics(Self.unrouted, $0.rawValue)) })
        otherMethods = metrics(Self.unrouted, "other")
        let codes = Set(
            ErrorCode.allCases.map(\.rawValue) + VaultError.Code.allCases.map(\.rawValue))
        self.refusals = Dictionary(uniqueKeysWithValues: codes.map { ($0, refusals($0)) })
        otherRefusals = refusals("other")
        openConnections = Meter(label: "aitta_connections", factory: factory)
    }

    /// Notes a request that was answered.
    ///
    /// - Parameter template: The route's, as the router has it; `nil` or unknown: none took it.
    func noteRequest(
        _ template: String?, _ method: HTTPRequest.Method, status: Int, nanoseconds: UInt64
    ) {
        let route = template.flatMap { routes[RouteKey(template: $0, method: method)] }
        (route ?? others[method] ?? otherMethods).note(status: status, nanoseconds: nanoseconds)
    }

    /// Notes a problem that was answered, by a route or before one was reached.
    func noteRefusal(_ problem: Problem) {
        (refusals[problem.code] ?? otherRefusals).increment()
    }

    func noteOpened() { openConnections.increment() }

    func noteClosed() { openConnections.decrement() }

    /// The monotonic clock.
    static var nowNanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

extension ServerMetrics {
    static let descriptions: [MetricDescription] = [
        MetricDescription(
            "aitta_requests_total", .counter,
            "Requests by route template, method and status of the answer."),
        MetricDescription(
            "aitta_request_seconds", .seconds,
            "From a whole request to its answer, delivery not included."),
        MetricDescription(
            "aitta_refusals_total", .counter, "Answered problems by their stable code."),
        MetricDescription("aitta_connections", .gauge, "Open connections."),
    ]
}

/// The instruments of one route and method.
private final class RouteMetrics: Sendable {
    private let route, method: String
    private let factory: any MetricsFactory
    private let seconds: Timer
    /// By status, each made when it is first answered.
    private let requests = Mutex<[Int: Counter]>([:])

    init(route: String, method: String, factory: any MetricsFactory) {
        self.route = route
        self.method = method
        self.factory = factory
        seconds = Timer(
            label: "aitta_request_seconds", dimensions: [("route", route)], factory: factory)
    }

    func note(status: Int, nanoseconds: UInt64) {
        let counter = requests.withLock { requests in
            if let known = requests[status] { return known }
            let made = Counter(
                label: "aitta_requests_total",
                dimensions: [("route", route), ("method", method), ("status", String(status))],
                factory: factory)
            requests[status] = made
            return made
        }
        counter.increment()
        seconds.recordNanoseconds(nanoseconds)
    }
}
