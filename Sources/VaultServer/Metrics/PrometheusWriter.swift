import Vault

/// Writes Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct PrometheusWriter {
    private(set) var bytes: [UInt8] = []

    /// Begins a metric.
    mutating func begin(_ description: MetricDescription) {
        let help = Self.escaped(description.help, quotes: false)
        let kind =
            switch description.kind {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        bytes += "# HELP \(description.name) \(help)\n# TYPE \(description.name) \(kind)\n".utf8
    }

    /// Writes one sample; `labels` as ``labels(_:)`` writes them.
    mutating func sample(_ name: String, _ labels: String, _ value: String) {
        bytes += (labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n").utf8
    }

    /// Labels between the braces.
    static func labels(_ labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",")
    }

    /// Labels with one more.
    static func adding(_ name: String, _ value: String, to labels: String) -> String {
        (labels.isEmpty ? "" : labels + ",") + Self.labels([(name, value)])
    }

    /// A number as the format has it; whole ones without a point.
    static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        return Int64(exactly: value).map { String($0) } ?? String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
