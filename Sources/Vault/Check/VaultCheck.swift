public import KeyManagement
public import Storage

/// Opens and verifies everything of a vault that no daemon serves.
public struct VaultCheck: Sendable {
    /// One thing that is wrong, with its place; never a value.
    public struct Finding: Sendable, Equatable {
        /// What is wrong: `damaged`, `stale`, `rolled-back`, `not-as-logged`, `index-missing`,
        /// `index-surplus`, `erased-but-live`, `erasure-missing`, `certificate-forged`,
        /// `certificate-impossible`, `ledger-shorter`, `log-altered`, `log-missing`, `log-shorter`.
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
        /// The number of the last audit entry.
        public var logEntries: UInt64 = 0
        /// Audit entries of which the hash is left.
        public var expiredEntries: UInt64 = 0
        /// Certificates.
        public var certificates = 0
        /// Ledger entries.
        public var ledgerEntries = 0
        /// Everything that is wrong.
        public var findings: [Finding] = []
    }

    let store: any VaultStore
    let keyring: Keyring
    let entries: [LedgerEntry]
    private let segmentKeys: SegmentKeyCache

    /// Prepares a check.
    public init(store: any VaultStore, keyring: Keyring, entries: [LedgerEntry]) {
        self.store = store
        self.keyring = keyring
        self.entries = entries
        segmentKeys = SegmentKeyCache(store: store) { keyring }
    }

    /// Checks; what is damaged is named record by record, and the rest is checked all the same.
    ///
    /// - Parameter progress: Called with the number of records seen so far.
    public func run(progress: (Int) -> Void = { _ in }) async throws -> Report {
        var report = Report(ledgerEntries: entries.count)
        try await checkState(&report)
        try await checkLedgerCount(&report)
        for segment in try await store.segments() {
            do throws(KeyError) {
                segmentKeys.insert(try SegmentKey.open(segment, keyring: keyring))
                report.segments += 1
            } catch {
                report.findings.append(Finding(kind: "damaged", place: error.place))
            }
        }
        var logged = try await LoggedChanges(store, &report)
        if keyring.rotation == .deep { logged.forgetDigests() }
        try await checkLog(&report)
        var index = IndexComparison()
        try await checkRecords(&report, &index, logged, progress: progress)
        for generation in keyring.searchedIndexes.map(\.generation) {
            // A deep rotation leaves records that have moved in the old index, which ends as a whole.
            let isLeft = keyring.rotation == .deep && generation == keyring.indexKey.generation
            try await index.compare(
                with: store, generation: generation, allowsSurplus: isLeft, report: &report)
        }
        try await checkErasures(&report)
        try await checkCertificates(&report)
        return report
    }

    /// `nil` for what is damaged; what can't be told throws.
    func openUnlessDamaged(_ stored: StoredRecord) async throws -> OpenRecord? {
        do {
            return try await open(stored)
        } catch let error as KeyError where error.code == .segmentKeyDamaged {
            return nil
        } catch let error as VaultError where error.code == .damaged {
            return nil
        }
    }

    func open(_ stored: StoredRecord) async throws -> OpenRecord {
        try OpenRecord(
            stored, key: await segmentKeys.key(of: stored.segment), vault: keyring.vault)
    }
}
