/// Shows how far an import is: a bar on a terminal, else a line every few seconds.
struct ProgressDisplay {
    private static let barWidth = 30

    private let isTerminal: Bool
    private let fileSize: Int
    private let firstRow: Int
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant

    init(fileSize: Int, firstRow: Int, isTerminal: Bool = StandardError.isTerminal) {
        self.isTerminal = isTerminal
        self.fileSize = fileSize
        self.firstRow = firstRow
        start = clock.now
        shown = start
    }

    /// The time since the start.
    var elapsed: Duration { clock.now - start }

    /// Shows where the import is, if it is time to.
    mutating func show(offset: Int, counts: ImportCounts) {
        let now = clock.now
        guard now - shown >= (isTerminal ? .milliseconds(100) : .seconds(5)) else { return }
        shown = now
        let line = Self.line(
            offset: offset, fileSize: fileSize, counts: counts,
            rowsPerSecond: Self.rate(counts.rows - firstRow, now - start))
        if isTerminal {
            let bar = Self.bar(offset: offset, fileSize: fileSize)
            StandardError.write("\r\(bar) \(line)\u{1B}[K")
        } else {
            StandardError.print(line)
        }
    }

    /// Clears the bar.
    func end() {
        if isTerminal { StandardError.write("\r\u{1B}[K") }
    }

    /// How many in a second.
    static func rate(_ count: Int, _ time: Duration) -> Int {
        let seconds = time / .seconds(1)
        return seconds > 0 ? Int(Double(count) / seconds) : 0
    }

    private static func line(
        offset: Int, fileSize: Int, counts: ImportCounts, rowsPerSecond: Int
    ) -> String {
        let percent = fileSize > 0 ? min(100, offset * 100 / fileSize) : 100
        return "\(percent) %  \(counts.rows) rows  \(counts.rejectedRows) rejected  "
            + "\(rowsPerSecond) rows/s"
    }

    private static func bar(offset: Int, fileSize: Int) -> String {
        let full = fileSize > 0 ? min(barWidth, offset * barWidth / fileSize) : barWidth
        return "[" + String(repeating: "#", count: full)
            + String(repeating: " ", count: barWidth - full) + "]"
    }
}
