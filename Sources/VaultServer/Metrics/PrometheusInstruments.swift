import CoreMetrics
import Synchronization

/// What writes its own samples.
protocol PrometheusInstrument: AnyObject, Sendable {
    func write(_ name: String, _ labels: String, to writer: inout PrometheusWriter)
}

/// Counts up.
final class PrometheusCounter: CounterHandler, PrometheusInstrument {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { count.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: String, to writer: inout PrometheusWriter) {
        writer.sample(name, labels, String(count.load(ordering: .relaxed)))
    }
}

/// Holds a number.
final class PrometheusGauge: MeterHandler, PrometheusInstrument {
    private let value = AtomicDouble()

    func set(_ value: Int64) { self.value.store(Double(value)) }
    func set(_ value: Double) { self.value.store(value) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }

    func write(_ name: String, _ labels: String, to writer: inout PrometheusWriter) {
        writer.sample(name, labels, PrometheusWriter.number(value.load()))
    }
}

/// Counts values by upper bounds.
///
/// Sendable since the counts are atomics that live as long as it does, and nothing else changes.
final class PrometheusHistogram: RecorderHandler, TimerHandler, PrometheusInstrument,
    @unchecked Sendable
{
    private let bounds: [Double]
    /// One for each bound, and one for what is above all.
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    private let sum = AtomicDouble()

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = .allocate(capacity: bounds.count + 1)
        for place in 0...bounds.count { (counts + place).initialize(to: Atomic(0)) }
    }

    deinit {
        for place in 0...bounds.count { (counts + place).deinitialize(count: 1) }
        counts.deallocate()
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        var place = 0
        while place < bounds.count, value > bounds[place] { place += 1 }
        counts[place].wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    /// The count is that of the buckets as they were read, so that they always agree.
    func write(_ name: String, _ labels: String, to writer: inout PrometheusWriter) {
        var count: UInt64 = 0
        for (place, bound) in (bounds + [.infinity]).enumerated() {
            count += counts[place].load(ordering: .relaxed)
            let labels = PrometheusWriter.adding("le", PrometheusWriter.number(bound), to: labels)
            writer.sample(name + "_bucket", labels, String(count))
        }
        writer.sample(name + "_sum", labels, PrometheusWriter.number(sum.load()))
        writer.sample(name + "_count", labels, String(count))
    }
}

/// A number that several threads add to.
private struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let (isDone, original) = bits.weakCompareExchange(
                expected: known, desired: (Double(bitPattern: known) + amount).bitPattern,
                ordering: .relaxed)
            if isDone { return }
            known = original
        }
    }
}
