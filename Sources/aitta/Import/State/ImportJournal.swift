import Glibc

/// Takes note of batches in the order of the file, in FILE.progress and FILE.rejected. In this
/// order, because after an interruption the import goes on at one place.
final class ImportJournal {
    /// A batch may be sent again without harm, so the notes need not be synced after each.
    private static let saveInterval = Duration.milliseconds(500)
    /// How many batches are announced at once, before the first of them is sent.
    private static let announced = 64

    private(set) var progress: ImportProgress
    private let path: String?
    private let epoch: Int
    private let rejected: RejectedFile
    private var display: ProgressDisplay
    private let clock = ContinuousClock()
    private var saved: ContinuousClock.Instant
    /// Batches before this one may have been sent by an earlier run, under keys of that time.
    private let sentEarlier: Int
    /// This batch and all after it were not sent, by this run or an earlier one.
    private var neverSent: Int
    /// Outcomes that wait for one before them.
    private var waiting: [Int: BatchOutcome] = [:]

    /// - Parameters:
    ///   - epoch: the vault's, now.
    ///   - path: nil for a dry run, which leaves nothing to go on from.
    init(
        _ progress: ImportProgress, epoch: Int, path: String?, rejected: RejectedFile,
        display: ProgressDisplay
    ) throws {
        self.progress = progress
        self.epoch = epoch
        self.path = path
        self.rejected = rejected
        self.display = display
        sentEarlier = progress.neverSent
        neverSent = progress.neverSent
        saved = clock.now
        try save()
    }

    /// How long this run took so far.
    var elapsed: Duration { display.elapsed }

    /// Whether a batch is near enough to the first that is not done to be read.
    func isNear(_ number: Int, ahead: Int) -> Bool { number < progress.next + ahead }

    /// Takes note that a batch is about to be sent; answers how often it was refused as a whole.
    func willSend(_ number: Int) throws -> Int {
        neverSent = max(neverSent, number + 1)
        if neverSent > progress.neverSent {
            progress.neverSent = number + Self.announced
            try save()
        }
        return progress.attempts[number] ?? 0
    }

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

    /// Ends the notes: what was announced and not sent is taken back.
    func close() throws {
        display.end()
        progress.neverSent = neverSent
        try save()
    }

    /// Removes what only an unfinished import needs.
    func removeProgress() throws {
        if let path { try PrivateFile.remove(path) }
    }

    private func save() throws {
        try rejected.sync()
        saved = clock.now
        guard let path else { return }
        if progress.next >= sentEarlier {
            progress.sentAt = time(nil)
            progress.epoch = epoch
        }
        try PrivateFile.replace(path, with: progress.encoded())
    }
}
