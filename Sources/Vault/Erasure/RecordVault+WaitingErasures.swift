import KeyManagement
import Storage

extension RecordVault {
    /// Destroys what waited for holds that ended by themselves, one record after the other; what an interruption
    /// leaves is done the next time. Nothing is destroyed while the clock is doubted, or beyond the cap: then a
    /// person has to confirm it.
    ///
    /// - Returns: Of how many records something was destroyed.
    @discardableResult
    func releaseHeldData() async throws(VaultError) -> Int {
        let due = try await recordsToRelease()
        guard !due.isEmpty else {
            destruction.forgetPause(of: .heldData)
            return 0
        }
        let living = try await stored { () throws(StoreError) in try await store.counts() }.records
        let run = DestructionRun(what: .heldData, count: due.count, living: living)
        guard var permit = try await permit(run) else { return 0 }
        var first: VaultError?
        var done = 0
        for id in due where !Task.isCancelled {
            guard let share = permit.takeOne() else { throw VaultError(.internal) }
            do throws(VaultError) {
                if try await carryOut(.holdExpired(share), id, wanted: nil) != nil { done += 1 }
            } catch {
                // One that can't be destroyed keeps none of the others.
                first = first ?? error
            }
        }
        if let first { throw first }
        return done
    }

    private func recordsToRelease() async throws(VaultError) -> [RecordID] {
        let now = clock.nowSeconds
        var due: [RecordID] = []
        var next: RecordID?
        repeat {
            let page = try await scan(after: next, limit: .max) { record in
                record.isToBeReleased(atSeconds: now) ? record.stored.id : nil
            }
            due += page.items
            next = page.next
        } while next != nil && !Task.isCancelled
        return due
    }
}

extension OpenRecord {
    /// Whether something waits for an erasure that nothing holds any more.
    fileprivate func isToBeReleased(atSeconds now: Int64) -> Bool {
        guard box.flags.contains(.awaitsErasure), let waiting = try? waitingErasure(),
            let holds = try? holds()
        else { return false }
        let waits = Set(box.labels.map { Erasure.compartment(of: $0.name) })
            .intersection(waiting.compartments)
        // What somebody removed meanwhile waits no longer.
        return waits.isEmpty || waits.contains { holds.keeping($0, atSeconds: now).isEmpty }
    }
}
