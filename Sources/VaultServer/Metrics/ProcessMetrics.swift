import CoreMetrics
import Glibc
import Vault

/// What Prometheus' client libraries say of every process, as far as it helps here.
struct ProcessMetrics: Sendable {
    static let descriptions: [MetricDescription] = [
        MetricDescription(
            "process_start_time_seconds", .gauge, "When the process started, in Unix seconds."),
        MetricDescription("process_resident_memory_bytes", .gauge, "Resident memory."),
    ]

    private let startTime, residentMemory: Meter

    init(factory: any MetricsFactory) {
        startTime = Meter(label: "process_start_time_seconds", factory: factory)
        residentMemory = Meter(label: "process_resident_memory_bytes", factory: factory)
    }

    /// Sets the gauges to what is now (proc(5)).
    func observe() {
        if let pages = Self.words(of: "/proc/self/statm").dropFirst().first.flatMap({ Int($0) }) {
            residentMemory.set(pages * Int(sysconf(Int32(_SC_PAGESIZE))))
        }
        // The name, the second word, may hold spaces: what follows its bracket does not.
        let words = Self.text(of: "/proc/self/stat").split(separator: ")").last?
            .split(separator: " ")
        if let words, words.count > 19, let ticks = Double(words[19]) {
            let sinceBoot = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            startTime.set(Self.seconds(CLOCK_REALTIME) - Self.seconds(CLOCK_BOOTTIME) + sinceBoot)
        }
    }

    private static func words(of path: String) -> [Substring] {
        text(of: path).split(separator: " ")
    }

    private static func text(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = max(0, read(file, &bytes, bytes.count))
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
