/// What a metric is, for whoever exposes it.
public struct MetricDescription: Sendable {
    /// How it behaves.
    public enum Kind: Sendable {
        /// It only grows, until the process ends.
        case counter
        /// It goes up and down.
        case gauge
        /// Counts by upper bounds, which ascend.
        case histogram(bounds: [Double])
    }

    /// Its name, which ends with its unit, as Prometheus has it.
    public let name: String
    /// What it says, in a sentence.
    public let help: String
    /// How it behaves.
    public let kind: Kind

    /// Describes a metric.
    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.help = help
        self.kind = kind
    }
}

extension MetricDescription.Kind {
    /// Seconds from a tenth of a millisecond to ten.
    public static let seconds = Self.histogram(bounds: [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
        10,
    ])

    /// Powers of two up to a bound.
    static func powersOfTwo(upTo last: Double) -> Self {
        .histogram(bounds: Array(sequence(first: 1) { $0 < last ? $0 * 2 : nil }))
    }
}
