public import KeyManagement
public import Storage

/// Opens and verifies everything of a vault that no daemon serves.
public struct VaultCheck: Sendable {
    /// One thing that is wrong, with its place; never a value.
    public struct Finding: Sendable, Equatable {
        /// What is wrong: `damaged`, `stale`, `rolled-back`, `index-missing`, `index-surplus`,
        /// `erased-but-live`.
        public let kind: String
        /// Where.
        public let place: String
    }

    /// What was looked at, and what was found.
    public struct Report: Sendable, Equatable {
        /// Segments whose keys opened.
        public var segments = 0
        /// Records whose key boxes opened.
        public var records = 0
        /// Fields that opened.
        public var fields = 0
        /// Index entries that should be there.
        public var indexEntries = 0
        /// Ledger entries.
        public var ledgerEntries = 0
        /// Everything that is wrong.
        public var findings: [Finding] = []
    }

    private static let pageCount = 500

    private let store: any VaultStore
    private let keyring: Keyring
    private let entries: [LedgerEntry]
    private let segmentKeys: SegmentKeyCache

    /// Prepares a check.
    public init(store: any VaultStore, keyring: Keyring, entries: [LedgerEntry]) {
        self.store = store
        self.keyring = keyring
        self.entries = entries
        segmentKeys = SegmentKeyCache(keyring: keyring, store: store)
    }

    /// Checks; what is damaged is named record by record, and the rest is checked all the same.
    ///
    /// - Parameter progress: Called with the number of records seen so far.
    public func run(progress: (Int) -> Void = { _ in }) async throws -> Report {
        var report = Report(ledgerEntries: entries.count)
        let vaultBox = try await checkState(&report)
        _ = vaultBox
        for segment in try await store.segments() {
            do throws(KeyError) {
                segmentKeys.insert(try SegmentKey.open(segment, keyring: keyring))
                report.segments += 1
            } catch {
                report.findings.append(Finding(kind: "damaged", place: error.place))
            }
        }
        let logged = try await LoggedGenerations(store)
        var index = IndexComparison()
        try await checkRecords(&report, &index, logged, progress: progress)
        try await index.compare(
            with: store, generation: keyring.indexKey.generation, report: &report)
        try await checkErasures(&report)
        return report
    }

    /// Makes the blind index anew from the key boxes.
    ///
    /// - Returns: How many entries it has.
    public func rebuildIndex(progress: (Int) -> Void = { _ in }) async throws -> Int {
        try await commit([.clearIndex(generation: keyring.indexKey.generation)])
        var count = 0
        var records = 0
        var last: RecordID?
        while true {
            let page = try await store.records(after: last, limit: Self.pageCount)
            guard !page.isEmpty else { return count }
            var writes: [Write] = []
            for stored in page {
                guard let record = try? await open(stored) else { continue }
                for place in 0..<record.box.indexValueCount {
                    guard let entry = try record.box.indexValue(place) else { continue }
                    writes.append(
                        .addToIndex(keyring.indexKey.chain(of: entry.value), stored.id))
                }
            }
            try await commit(writes)
            count += writes.count
            records += page.count
            progress(records)
            last = page.last?.id
        }
    }

    private func commit(_ writes: [Write]) async throws {
        let outcomes = try await store.commit(
            [Mutation(writes: writes)], durability: .power
        ) { _ throws(StoreError) in }
        guard outcomes == [.committed] else { throw StoreError.corrupt(place: "blind_index") }
    }

    private func checkState(_ report: inout Report) async throws -> VaultBox? {
        do {
            guard let stored = try await store.state(VaultBox.stateName) else {
                throw OpeningError(.vaultBoxMissing)
            }
            let box = try VaultBox.open(stored, keyring: keyring)
            if let policy = try await store.state(PolicyState.name) {
                _ = try box.open(policy, label: .policy)
            } else {
                throw OpeningError(.policyMissing)
            }
            return box
        } catch let error as StoreError {
            throw error
        } catch {
            report.findings.append(Finding(kind: "damaged", place: "sealed_state: \(error)"))
            return nil
        }
    }

    private func checkRecords(
        _ report: inout Report, _ index: inout IndexComparison, _ logged: LoggedGenerations,
        progress: (Int) -> Void
    ) async throws {
        var last: RecordID?
        while true {
            let page = try await store.records(after: last, limit: Self.pageCount)
            guard !page.isEmpty else { return }
            for stored in page {
                if let generation = logged[stored.id], generation > stored.generation {
                    report.findings.append(
                        Finding(
                            kind: "rolled-back",
                            place: "record \(stored.id): the log has a later change"))
                }
                try await check(stored, &report, &index)
            }
            progress(report.records)
            last = page.last?.id
        }
    }

    private func check(
        _ stored: StoredRecord, _ report: inout Report, _ index: inout IndexComparison
    ) async throws {
        guard let record = try? await open(stored) else {
            report.findings.append(
                Finding(kind: "damaged", place: "key box of record \(stored.id)"))
            return
        }
        report.records += 1
        var data = FieldData(vault: keyring.vault, record: stored.id)
        for label in record.box.labels.indices {
            let dek = try record.dek(of: label)
            for (place, field) in record.box.labels[label].fields.enumerated() {
                var plaintext: [UInt8] = []
                if let fault = record.open(
                    (label, place), dek: dek, data: &data, appendingTo: &plaintext)
                {
                    report.findings.append(
                        Finding(
                            kind: fault.rawValue, place: "field \(field) of record \(stored.id)"))
                } else {
                    report.fields += 1
                }
            }
        }
        for place in 0..<record.box.indexValueCount {
            guard let entry = try record.box.indexValue(place) else { continue }
            index.expect(stored.id, in: keyring.indexKey.chain(of: entry.value))
        }
    }

    /// Records that the ledger says are erased, and that the next start will erase again.
    private func checkErasures(_ report: inout Report) async throws {
        for entry in entries {
            guard case .erasure(let id, true, _) = entry.event,
                case .live = try await store.record(id)
            else { continue }
            report.findings.append(Finding(kind: "erased-but-live", place: "record \(id)"))
        }
    }

    private func open(_ stored: StoredRecord) async throws -> OpenRecord {
        try OpenRecord(
            stored, key: await segmentKeys.key(of: stored.segment), vault: keyring.vault)
    }
}
