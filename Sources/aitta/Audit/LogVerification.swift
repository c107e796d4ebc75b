import Verification

/// Reads a log from its first entry to the last that its checkpoint states, and checks all of it.
struct LogVerification {
    let stated: StatedCheckpoint
    let earlier: [EarlierCheckpoint]
    /// Where to write what is read; nil for nowhere.
    var export: LogExport?
    var isInterrupted: () -> Bool = { Interruption.isRequested }

    /// Reads pages until nothing more can be found out.
    ///
    /// - Throws: what the source throws; a failure when interrupted or when nothing can be written.
    ///   What is wrong with the log is in the report.
    func run(over source: some LogSource) async throws -> LogReport {
        var source = source
        var verifier = LogVerifier(stated: stated.head, earlier: earlier)
        var bar = ProgressBar(total: Int(clamping: stated.head.size))
        defer { bar.end() }
        try export?.append(stated.json)
        while !verifier.isDone {
            guard !isInterrupted() else { throw Failure("interrupted") }
            let items = try await source.next()
            if items.isEmpty { break }
            for item in items where !verifier.isDone {
                try export?.append(item)
                verifier.take(item)
            }
            let done = Int(clamping: verifier.size)
            bar.show(done: done) { time in
                "\(done) entries  \(ProgressBar.rate(done, time)) entries/s"
            }
        }
        verifier.end()
        try export?.finish()
        return LogReport(verifier, stated: stated)
    }
}
