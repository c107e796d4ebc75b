import Glibc

/// Takes note of batches in the order of the file, in FILE.progress and FILE.rejected. In this
/// order, because after an interruption the import goes on at one place.
final class ImportJournal {
    /// Batches may be sent again without harm, so the notes need not be synced after each.
    private static let saveInterval = Duration.milliseconds(500)

    private(set) var progress: ImportProgress
    private let progressPath: String?
    private let rejected: RejectedFile
    private var display: ProgressDisplay
    private let clock = ContinuousClock()
    private var saved: ContinuousClock.Instant
    /// Outcomes that wait for one before them.
    private var waiting: [Int: BatchOutcome] = [:]

    /// - Parameter progressPath: nil for a dry run, which leaves nothing to go on from.
    init(
        _ progress: ImportProgress, progressPath: String?, rejected: RejectedFile,
        display: ProgressDisplay
    ) throws {
        self.progress = progress
        self.progressPath = progressPath
        self.rejected = rejected
        self.display = display
        saved = clock.now
        self.progress.state = .running
        try save()
    }

    /// How long this run took so far.
    var elapsed: Duration { display.elapsed }

    /// Whether a batch is near enough to the first that is not done to be read.
    func isNear(_ number: Int, ahead: Int) -> Bool { number < progress.next + ahead }

    /// How often a batch was refused as a whole.
    func attempt(of number: Int) -> Int { progress.attempts[number] ?? 0 }

    /// Takes note of what became of a batch.
    ///
    /// - Throws: the batch's error.
    func note(_ number: Int, _ result: Result<BatchOutcome, BatchFailure>) throws {
        switch result {
        case .success(let outcome): waiting[number] = outcome
        case .failure(let failure):
            if failure.wroteNothing { progress.attempts[number, default: 0] += 1 }
            throw failure.error
        }
        while let outcome = waiting.removeValue(forKey: progress.next) {
            try rejected.append(outcome.rejected)
            progress.attempts[progress.next] = nil
            progress.next += 1
            progress.position = outcome.end
            progress.rejectedBytes = rejected.size
            progress.counts.add(outcome)
        }
        if clock.now - saved >= Self.saveInterval { try save() }
        display.show(offset: progress.position.offset, counts: progress.counts)
    }

    /// Ends the notes. If all batches sent are in them, the import can go on at any later time.
    func close(isClean: Bool) throws {
        display.end()
        if isClean && waiting.isEmpty { progress.state = .paused }
        try save()
    }

    /// Removes what only an unfinished import needs.
    func removeProgress() throws {
        if let progressPath { try PrivateFile.remove(progressPath) }
    }

    private func save() throws {
        try rejected.sync()
        if let progressPath {
            progress.savedAt = time(nil)
            try PrivateFile.replace(progressPath, with: progress.encoded())
        }
        saved = clock.now
    }
}
