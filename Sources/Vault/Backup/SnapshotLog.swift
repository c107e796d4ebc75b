import Cryptography
import Storage
import Verification

/// The audit log of a snapshot: its tree, and which records it names as written.
struct SnapshotLog {
    private static let pageCount = 16_384
    /// Operations that change what a record's row or box holds.
    static let writing: Set<String> = LoggedChanges.writing

    let snapshot: any StoreSnapshot
    /// Size and root of the whole of it.
    let head: TreeHead
    /// The roots at the sizes that were asked for, as far as it has them.
    private let roots: [UInt64: Digest32]

    /// Reads all leaf hashes.
    init(_ snapshot: any StoreSnapshot, sizes: [UInt64]) async throws(BackupFailure) {
        self.snapshot = snapshot
        var frontier = MerkleFrontier()
        var roots: [UInt64: Digest32] = [:]
        var sizes = Set(sizes).sorted()[...]
        while true {
            while let size = sizes.first, size <= frontier.size {
                if size == frontier.size { roots[size] = frontier.root }
                sizes.removeFirst()
            }
            let limit = sizes.first.map { Int(clamping: $0 - frontier.size) } ?? Self.pageCount
            let page: [LeafHash]
            do throws(StoreError) {
                page = try await snapshot.leafHashes(
                    after: frontier.size, limit: min(limit, Self.pageCount))
            } catch {
                throw BackupFailure(error)
            }
            guard !page.isEmpty else { break }
            for hash in page { frontier.append(hash.digest) }
        }
        head = frontier.head
        self.roots = roots
    }

    /// Whether the log begins with another.
    func begins(with head: TreeHead) -> Bool { roots[head.size] == head.root }

    /// Shows all entries above `number`, in their order.
    func each(
        after number: UInt64, _ body: (AuditEntry) throws(BackupFailure) -> Void
    ) async throws(BackupFailure) {
        var last = number
        while last < head.size {
            let page: [AuditEntry]
            do throws(StoreError) {
                page = try await snapshot.auditEntries(
                    after: last, limit: Int(clamping: min(UInt64(Self.pageCount), head.size - last))
                )
            } catch {
                throw BackupFailure(error)
            }
            guard let end = page.last else {
                throw BackupFailure(.unreadable, at: "audit entry \(last + 1)")
            }
            for entry in page { try body(entry) }
            last = end.number
        }
    }

    /// The records that were written since; `nil` where that can't be told, or more than `limit` were.
    func changed(since size: UInt64, limit: Int) async throws(BackupFailure) -> [RecordID]? {
        var ids: Set<RecordID> = []
        var isKnown = true
        try await each(after: size) { entry throws(BackupFailure) in
            guard isKnown, ids.count <= limit else { return }
            guard !entry.leaf.isExpired, let logged = LoggedEntry(entry.leaf.entry) else {
                isKnown = false
                return
            }
            if logged.outcome == "ok", Self.writing.contains(logged.operation),
                let id = logged.record
            {
                ids.insert(id)
            }
        }
        return isKnown && ids.count <= limit ? ids.sorted() : nil
    }
}

extension BackupFailure {
    init(_ error: StoreError) {
        let hint: String? =
            switch error {
            case .corrupt: "run `aittad check`, which names what is damaged"
            case .closed: "the daemon is stopping"
            default: nil
            }
        self.init(.unreadable, at: "database: \(error)", hint: hint)
    }
}
