/// Runs an import: cuts batches, keeps several under way, and takes note of each in the order of
/// the file. What was noted is done; what was not is sent again under the same keys.
struct ImportRunner {
    /// How an import ended that did not fail.
    enum End: Equatable {
        case finished
        case interrupted
    }

    /// Batches under way at most.
    static let batchesInFlight = 4
    /// Batches read ahead of the first that is not done.
    static let batchesAhead = 16

    var batcher: Batcher
    let sender: BatchSender
    let journal: ImportJournal
    var isInterrupted: @Sendable () -> Bool = { Interruption.isRequested }

    /// Sends everything that is left.
    ///
    /// - Throws: the client's error of the first batch that failed, after the others under way
    ///   have come to their end; a failure to read or write a file.
    mutating func run() async throws -> End {
        typealias Sent = (number: Int, Result<BatchOutcome, BatchFailure>)
        var firstError: (any Error)?
        var end = End.finished
        await withTaskGroup(of: Sent.self) { [sender] group in
            var inFlight = 0
            var isReading = true
            while isReading || inFlight > 0 {
                if isReading && inFlight < Self.batchesInFlight
                    && journal.isNear(batcher.nextNumber, ahead: Self.batchesAhead)
                {
                    if isInterrupted() {
                        end = .interrupted
                        isReading = false
                        continue
                    }
                    do {
                        guard let batch = try batcher.next() else {
                            isReading = false
                            continue
                        }
                        let attempt = try journal.willSend(batch.number)
                        group.addTask {
                            do throws(BatchFailure) {
                                let outcome = try await sender.send(batch, attempt: attempt)
                                return (batch.number, .success(outcome))
                            } catch {
                                return (batch.number, .failure(error))
                            }
                        }
                        inFlight += 1
                    } catch {
                        firstError = firstError ?? error
                        isReading = false
                    }
                    continue
                }
                guard let (number, result) = await group.next() else { break }
                inFlight -= 1
                do {
                    try journal.note(number, result)
                } catch {
                    firstError = firstError ?? error
                    isReading = false
                }
            }
        }
        try journal.close()
        if let firstError { throw firstError }
        return end
    }
}
