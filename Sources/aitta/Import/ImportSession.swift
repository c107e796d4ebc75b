import Glibc
import StrictJSON
import VaultClient

/// One run of an import: from the beginning, or from where an interrupted one stopped.
struct ImportSession {
    let input: ImportInput
    let vault: any BatchWriter
    let vaultID: String
    let epoch: Int
    let isDryRun: Bool
    let rowsPerBatch: Int
    var isInterrupted: @Sendable () -> Bool = { Interruption.isRequested }

    /// Runs to the end.
    ///
    /// - Throws: a failure where it was interrupted, which says how to go on; the client's error
    ///   where the vault refused.
    func run() async throws -> ImportSummary {
        let earlier = isDryRun ? nil : try resumable()
        let source = try input.rows(from: earlier?.position)
        let progress = earlier ?? fresh(at: source.position)
        let rejected = try RejectedFile(
            input.rejectedPath, columns: source.columns, separator: source.separator,
            keeping: progress.rejectedBytes)
        let journal = try ImportJournal(
            progress, epoch: epoch, path: isDryRun ? nil : input.progressPath, rejected: rejected,
            display: ProgressDisplay(fileSize: input.size, firstRow: progress.counts.rows))
        if earlier != nil {
            StandardError.print("going on from line \(progress.position.line)")
        }
        let sender = BatchSender(vault: vault, id: progress.id, isDryRun: isDryRun)
        var runner = ImportRunner(
            batcher: Batcher(source, rowsPerBatch: rowsPerBatch, firstNumber: progress.next),
            sender: sender, journal: journal, isInterrupted: isInterrupted)
        let end = try await runner.run()
        guard end == .finished else { throw explain(Failure("interrupted")) }
        try journal.removeProgress()
        return ImportSummary(
            counts: journal.progress.counts, rowsBefore: progress.counts.rows,
            elapsed: journal.elapsed, isDryRun: isDryRun, rejectedPath: input.rejectedPath)
    }

    /// Adds to a failure how to go on after it.
    func explain(_ failure: Failure) -> Failure {
        guard !isDryRun else { return failure }
        var failure = failure
        let how = "the same command goes on where this one stopped"
        failure.hint = failure.hint.map { $0 + "; then " + how } ?? how
        return failure
    }

    private var subject: ImportProgress.Subject {
        ImportProgress.Subject(
            fileSize: input.size, fileChecksum: input.checksum, mapChecksum: input.mapChecksum,
            rowsPerBatch: rowsPerBatch, vault: vaultID, uid: Int(getuid()))
    }

    private func fresh(at position: FilePosition) -> ImportProgress {
        ImportProgress(
            id: ImportID(), subject: subject, sentAt: time(nil), epoch: epoch, position: position)
    }

    /// What an interrupted import left, checked; nil if there was none.
    private func resumable() throws -> ImportProgress? {
        let path = input.progressPath
        guard access(path, F_OK) == 0 else { return nil }
        let bytes = try FileBytes.read(path: path, limit: 1 << 20)
        guard let json = try? JSONParser.parse(bytes), let progress = ImportProgress(json) else {
            throw Failure(
                "\(path) is damaged, or of another version",
                hint: "to begin anew, delete it; what went in already would go in twice")
        }
        try progress.checkResumable(as: subject, epoch: epoch, now: time(nil), path: path)
        return progress
    }
}
