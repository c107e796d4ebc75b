/// Shows how far an import is.
struct ProgressDisplay {
    private let firstRow: Int
    private var bar: ProgressBar

    init(fileSize: Int, firstRow: Int) {
        self.firstRow = firstRow
        bar = ProgressBar(total: fileSize)
    }

    /// The time since the start.
    var elapsed: Duration { bar.elapsed }

    /// Shows where the import is, if it is time to.
    mutating func show(offset: Int, counts: ImportCounts) {
        bar.show(done: offset) { [firstRow] time in
            let rate = ProgressBar.rate(counts.rows - firstRow, time)
            return "\(counts.rows) rows  \(counts.rejectedRows) rejected  \(rate) rows/s"
        }
    }

    /// Clears the bar.
    func end() { bar.end() }
}
