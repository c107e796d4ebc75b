extension ImportProgress {
    /// How long the vault keeps idempotency keys, with a margin.
    private static let keyLifetimeSeconds = 23 * 60 * 60

    /// Refuses to go on where rows would be lost or doubled.
    ///
    /// - Parameter path: of the file that holds this.
    func checkResumable(as current: Subject, epoch: Int, now: Int, path: String) throws {
        let anew = "to begin anew, delete \(path); what went in already would go in twice"
        guard subject.fileSize == current.fileSize, subject.fileChecksum == current.fileChecksum
        else {
            throw Failure(
                "the file has changed since its import was interrupted",
                hint: "put it back as it was, or \(anew)")
        }
        guard subject.mapChecksum == current.mapChecksum else {
            throw Failure(
                "the map has changed since the import was interrupted",
                hint: "put it back as it was, or \(anew)")
        }
        guard subject.rowsPerBatch == current.rowsPerBatch else {
            throw Failure(
                "the import was begun with --batch \(subject.rowsPerBatch)",
                hint: "go on with the same")
        }
        guard subject.vault == current.vault else {
            throw Failure(
                "the import was begun into another vault, \(subject.vault)",
                hint: "name that vault's socket, or \(anew)")
        }
        guard subject.uid == current.uid else {
            throw Failure(
                "the import was begun by another user, uid \(subject.uid)",
                hint: "go on as that user, who alone can repeat the last requests safely")
        }
        guard isSettled || (self.epoch == epoch && now - sentAt < Self.keyLifetimeSeconds)
        else {
            throw Failure(
                "the import was cut off too long ago to know which of the rows from line "
                    + "\(position.line) on went in",
                hint: "find out with aitta records find; then put the rest into a file of its own "
                    + "and delete \(path)")
        }
    }
}
