import Glibc
import Synchronization

extension Ledger {
    /// Whether the newest key of a keyring authenticates the ledger, here and on every replica.
    public func isUnderNewestKey(of keyring: Keyring) -> Bool {
        state.withLock { $0.authenticator.isNewest(of: keyring) } && replicasOutOfReach.isEmpty
    }

    /// Writes the whole ledger anew, authenticated by the newest key of a keyring, here first and then to every
    /// replica. What is appended meanwhile waits.
    ///
    /// - Returns: The replicas that could not be written; they get it once they can.
    /// - Throws: ``KeyError``; after ``KeyError/Code/ledgerNotWritten`` the ledger takes nothing more.
    public func rekey(by keyring: Keyring) throws(KeyError) -> [String] {
        let outcome: Result<Void, KeyError> = state.withLock { state in
            do throws(KeyError) {
                guard !state.authenticator.isNewest(of: keyring) else { return .success(()) }
                guard !state.isFailed else { throw failure }
                return .success(try rewrite(&state, keyring.ledgerMACs[0]))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        catchUp()
        return replicasOutOfReach
    }

    private func rewrite(_ state: inout State, _ new: LedgerMAC) throws(KeyError) {
        let content = try LedgerContent(
            state.bytes(at: path), at: path, state.authenticator)
        let file = try LedgerContent.file(of: content.entries, new)
        let head = try LedgerContent(file, at: path, new).head
        try KeyFiles.prepare(file, inPlaceOf: path)
        // Which of the two files is there after a failure, only the next start can tell.
        state.isFailed = true
        try KeyFiles.putPrepared(at: path)
        let descriptor = try Self.descriptor(of: path, endingAt: head)
        close(state.descriptor)
        state.descriptor = descriptor
        state.others = [state.authenticator]
        state.authenticator = new
        state.head = head
        for place in state.replicas.indices { state.replicas[place].standing = .outOfReach }
        state.isFailed = false
    }
}
