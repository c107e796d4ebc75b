import KeyManagement
public import Storage

/// A protection and when it ends.
public struct ListedProtection: Sendable, Equatable {
    /// The record.
    public let id: RecordID
    /// When it ends or ended, in Unix seconds; `nil` when that can't be read: it is taken to hold.
    public let untilSeconds: Int64?
}

extension RecordVault {
    /// Protections that end before a moment, those included that have ended and were not removed: to
    /// be renewed, or removed.
    ///
    /// - Parameter seconds: In Unix seconds.
    public func protections(
        _ proof: Authorized<ProtectRecord>, endingBefore seconds: Int64, after id: RecordID?,
        limit: Int, ticket: AnswerTicket
    ) async throws(VaultError) -> ListPage<ListedProtection> {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let page = try await self.scan(after: id, limit: limit) { record in
                record.listedProtection.flatMap {
                    $0.untilSeconds ?? Int64.min < seconds ? $0 : nil
                }
            }
            var entry = AuditRecord(proof)
            entry.count = page.items.count
            entry.fields = [RightsField.protection.logName]
            entry.reason = "read"
            return (page, [entry])
        }
    }

    /// How many protections are in effect and end within a time; for the vault's own reminder, which
    /// says no more than that.
    func countProtections(endingWithinSeconds seconds: Int64) async throws(VaultError) -> Int {
        let now = clock.nowSeconds
        var count = 0
        var next: RecordID?
        repeat {
            let page = try await scan(after: next, limit: .max) { record in
                record.listedProtection?.untilSeconds
            }
            count += page.items.count { $0 > now && $0 <= now + seconds }
            next = page.next
        } while next != nil && !Task.isCancelled
        return count
    }
}

extension OpenRecord {
    /// The record's protection, if it has one, in effect or not.
    fileprivate var listedProtection: ListedProtection? {
        switch rights(.protection) {
        case .absent:
            return box.flags.contains(.protected)
                ? ListedProtection(id: stored.id, untilSeconds: nil) : nil
        case .unreadable:
            return isProtected(atSeconds: .max)
                ? ListedProtection(id: stored.id, untilSeconds: nil) : nil
        case .value(let json):
            return ListedProtection(id: stored.id, untilSeconds: Protection(json)?.untilSeconds)
        }
    }
}
