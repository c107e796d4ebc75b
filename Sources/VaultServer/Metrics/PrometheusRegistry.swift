public import CoreMetrics
import Synchronization
import Vault

/// Makes the instruments, and writes what they hold in Prometheus' text format 0.0.4.
///
/// It makes the metrics that `descriptions` name and no other. Whoever asks twice for the same labels
/// gets the same instrument. None is ever dropped, so labels must be few: codes and route templates.
public final class PrometheusRegistry: MetricsFactory {
    private struct Family {
        let description: MetricDescription
        /// By the labels as they are written.
        var series: [String: any PrometheusInstrument] = [:]
    }

    static let descriptions =
        ServerMetrics.descriptions + VaultMetrics.descriptions + ProcessMetrics.descriptions

    private let families: Mutex<[Family]>

    /// Makes a registry of everything that the daemon measures.
    public convenience init() {
        self.init(Self.descriptions)
    }

    init(_ descriptions: [MetricDescription]) {
        families = Mutex(descriptions.map { Family(description: $0) })
    }

    /// All metrics that have a value, in the order of their descriptions, each sorted by its labels.
    func text() -> [UInt8] {
        let families = families.withLock { $0 }
        var writer = PrometheusWriter()
        for family in families where !family.series.isEmpty {
            writer.begin(family.description)
            for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
                instrument.write(family.description.name, labels, to: &writer)
            }
        }
        return writer.bytes
    }

    /// Makes a counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions) { _ in PrometheusCounter() }
    }

    /// Makes a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions) { _ in PrometheusGauge() }
    }

    /// Makes a histogram.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        histogram(label, dimensions)
    }

    /// Makes a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    /// Does nothing: a counter that comes back must go on.
    public func destroyCounter(_ handler: any CounterHandler) {}

    /// Does nothing.
    public func destroyMeter(_ handler: any MeterHandler) {}

    /// Does nothing.
    public func destroyRecorder(_ handler: any RecorderHandler) {}

    /// Does nothing.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func histogram(
        _ name: String, _ labels: [(String, String)]
    ) -> PrometheusHistogram {
        instrument(name, labels) { kind in
            guard case .histogram(let bounds) = kind else {
                preconditionFailure("\(name) is described as no histogram")
            }
            return PrometheusHistogram(bounds: bounds)
        }
    }

    private func instrument<Instrument: PrometheusInstrument>(
        _ name: String, _ labels: [(String, String)],
        _ make: (MetricDescription.Kind) -> Instrument
    ) -> Instrument {
        let labels = PrometheusWriter.labels(labels)
        return families.withLock { families in
            guard let place = families.firstIndex(where: { $0.description.name == name }) else {
                preconditionFailure("\(name) is not described")
            }
            if let known = families[place].series[labels] as? Instrument { return known }
            let made = make(families[place].description.kind)
            precondition(
                families[place].series.updateValue(made, forKey: labels) == nil,
                "\(name) is two kinds of instrument")
            return made
        }
    }
}
