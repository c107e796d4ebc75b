import Storage
import Synchronization

/// One moment of an ``InMemoryStore``.
final class MemorySnapshot: StoreSnapshot {
    private let defect: InMemoryStore.Defect?
    private let held: @Sendable () -> MemoryState
    private let isClosed = Atomic<Bool>(false)

    init(defect: InMemoryStore.Defect?, _ held: @escaping @Sendable () -> MemoryState) {
        self.defect = defect
        self.held = held
    }

    func segments() async throws(StoreError) -> [StoredSegment] {
        try state.segments.values.sorted { $0.id < $1.id }
    }

    func records(after id: RecordID?, limit: Int) async throws(StoreError) -> [StoredRecord] {
        try state.records.values.filter { isAfter(id, $0.id) }
            .sorted { $0.id < $1.id }.prefix(limit).map { $0 }
    }

    func records(in segment: SegmentID) async throws(StoreError) -> [StoredRecord] {
        let state = try state
        return state.records.values.filter { record in
            let home =
                defect == .snapshotOfFirstSegments
                ? state.firstSegments[record.id] : record.segment
            return home == segment
        }.sorted { $0.id < $1.id }
    }

    func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup] {
        try state.lookups(ids)
    }

    func tombstones(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [StoredTombstone] {
        let state = try state
        guard defect != .snapshotWithoutTombstones else { return [] }
        return state.tombstones.map { StoredTombstone(id: $0.key, body: $0.value) }
            .filter { isAfter(id, $0.id) }.sorted { $0.id < $1.id }.prefix(limit).map { $0 }
    }

    func states() async throws(StoreError) -> [StoredState] {
        try state.states.values.sorted { $0.name < $1.name }
    }

    func certificates(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [ListedCertificate] {
        try state.listedCertificates.filter { $0.number > number }.prefix(limit).map { $0 }
    }

    func auditEntries(after number: UInt64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try state.audit.filter { $0.number > number }.prefix(limit).map { $0 }
    }

    func leafHashes(after number: UInt64, limit: Int) async throws(StoreError) -> [LeafHash] {
        try state.audit.filter { $0.number > number }.prefix(limit).map(\.leaf.hash)
    }

    func counts() async throws(StoreError) -> SnapshotCounts {
        let state = try state
        return SnapshotCounts(
            records: state.records.count, tombstones: state.tombstones.count,
            certificates: state.listedCertificates.count)
    }

    func close() async {
        isClosed.store(true, ordering: .releasing)
    }

    private var state: MemoryState {
        get throws(StoreError) {
            guard !isClosed.load(ordering: .acquiring) || defect == .endlessSnapshot else {
                throw .closed
            }
            return held()
        }
    }

    private func isAfter(_ id: RecordID?, _ other: RecordID) -> Bool {
        guard let id else { return true }
        return defect == .inclusivePaging ? other >= id : other > id
    }
}
