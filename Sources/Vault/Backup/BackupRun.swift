import Cryptography
import KeyManagement
import Storage
import Verification

/// Makes both parts of a backup, or the keys part alone, from one snapshot, at several destinations.
///
/// Each is complete or builds on the newest part that all destinations have, so that a part of one
/// number is the same everywhere. What is written is read again from the disk: signature, tree, boxes.
struct BackupRun {
    /// Chains longer than this, or whose increments exceed half of what they began with, begin anew.
    static let maximumChain = 30
    static let pageCount = 500

    let snapshot: any StoreSnapshot
    let keyring: Keyring
    let logOrigin: String
    let nowMilliseconds: Int64
    let destinations: [any BackupDestination]
    /// The number of the last keys part that the ledger names.
    let lastKeysPart: UInt64
    let progress: BackupProgress
    /// Whether every segment must be wrapped under the newest KEK: in a rotation's third step.
    var needsNewestEpoch = false

    private let segments: [StoredSegment]
    private let states: [StoredState]
    private let counts: SnapshotCounts

    /// A part that was written.
    struct Written: Sendable {
        let manifest: BackupManifest
        let digest: Digest32
        let bytes: UInt64
        /// The destinations that have it, opened again.
        let destinations: [String]
    }

    /// What came of it.
    struct Outcome: Sendable {
        var written: [Written] = []
        var failures: [BackupFailure] = []
    }

    init(
        _ snapshot: any StoreSnapshot, keyring: Keyring, logOrigin: String, nowMilliseconds: Int64,
        destinations: [any BackupDestination], lastKeysPart: UInt64, progress: BackupProgress
    ) async throws(BackupFailure) {
        self.snapshot = snapshot
        self.keyring = keyring
        self.logOrigin = logOrigin
        self.nowMilliseconds = nowMilliseconds
        self.destinations = destinations
        self.lastKeysPart = lastKeysPart
        self.progress = progress
        do throws(StoreError) {
            segments = try await snapshot.segments()
            states = try await snapshot.states()
            counts = try await snapshot.counts()
        } catch {
            throw BackupFailure(error)
        }
    }

    /// Writes the parts, the keys part last: it is never older than the records part beside it.
    ///
    /// - Throws: ``BackupFailure/Code/busy`` while a deep rotation has sealed some records anew and others not:
    ///   rows and keys of two moments would not fit each other.
    func run(_ parts: [BackupPart]) async throws(BackupFailure) -> Outcome {
        guard
            keyring.rotation != .deep || segments.allSatisfy({ $0.epoch == keyring.kek.epoch })
        else {
            throw BackupFailure(
                .busy, at: "deep rotation",
                hint: "it writes both parts itself; until then those from before it restore")
        }
        progress.begin(.planning, total: 0)
        let bases = parts.map { base(of: $0) }
        let log = try await SnapshotLog(
            snapshot, sizes: bases.compactMap { $0.first?.manifest.log.size })
        var outcome = Outcome()
        for (part, chain) in zip(parts, bases) {
            let isUsable = chain.first.map { log.begins(with: $0.manifest.log) } ?? false
            let plan = try await plan(part, on: isUsable ? chain : [], log)
            try await write(plan, log, to: &outcome)
        }
        return outcome
    }

    private func keyHistory() throws(BackupFailure) -> KeyHistory {
        do throws(VaultError) {
            return try KeyHistoryState.read(
                states.first { $0.name == KeyHistoryState.name }
            ).history
        } catch {
            throw BackupFailure(.notOpened, at: KeyHistoryState.name)
        }
    }

    // MARK: What it builds on

    private struct Plan {
        let part: BackupPart
        let number: UInt64
        let base: PartFile?
        /// The records whose rows or boxes go in; `nil`: all.
        var ids: [RecordID]?
    }

    /// The newest chain that all destinations have and that may be built on; none: a full part is due.
    private func base(of part: BackupPart) -> [PartFile] {
        let key = keyring.certificateKey.publicKey
        var common: [PartFile] = []
        for (place, destination) in destinations.enumerated() {
            guard let tip = try? destination.numbers(of: part).last,
                let chain = try? destination.chain(part, endingWith: tip, certificateKey: key),
                let newest = chain.first
            else { return [] }
            if place == 0 { common = chain }
            guard newest.digest == common.first?.digest else { return [] }
        }
        guard let tip = common.first, let full = common.last,
            tip.manifest.vault == keyring.vault, tip.manifest.logOrigin == logOrigin,
            tip.manifest.backupKey == keyring.backupKey.publicKey,
            common.count < Self.maximumChain,
            common.dropLast().reduce(0, { $0 + $1.size }) <= full.size / 2
        else { return [] }
        return common
    }

    private func plan(
        _ part: BackupPart, on chain: [PartFile], _ log: SnapshotLog
    ) async throws(BackupFailure) -> Plan {
        var last = part == .keys ? lastKeysPart : 0
        for destination in destinations {
            last = max(last, try destination.numbers(of: part).last ?? 0)
        }
        let full = Plan(part: part, number: last + 1, base: nil, ids: nil)
        guard let base = chain.first,
            var ids = try await log.changed(
                since: base.manifest.log.size, limit: counts.records / 2)
        else { return full }
        if part == .keys {
            guard let moved = try await recordsOfChangedSegments(since: base) else { return full }
            ids = Set(ids).union(moved).sorted()
        }
        return Plan(part: part, number: last + 1, base: base, ids: ids)
    }

    /// The records of segments whose key is another than in the base; `nil` where they are too many.
    private func recordsOfChangedSegments(
        since base: PartFile
    ) async throws(BackupFailure) -> [RecordID]? {
        let known = try destinations[0].segments(
            of: base, certificateKey: keyring.certificateKey.publicKey)
        let generations = Dictionary(known.map { ($0.id, $0.generation) }) { $1 }
        var ids: [RecordID] = []
        for segment in segments where generations[segment.id] != segment.generation {
            do throws(StoreError) {
                ids += try await snapshot.records(in: segment.id).map(\.id)
            } catch {
                throw BackupFailure(error)
            }
            guard ids.count <= counts.records / 2 else { return nil }
        }
        return ids
    }

    // MARK: Writing

    private func write(
        _ plan: Plan, _ log: SnapshotLog, to outcome: inout Outcome
    ) async throws(BackupFailure) {
        let writer = try PartWriter(
            plan.part, number: plan.number, vault: keyring.vault, destinations: destinations)
        do throws(BackupFailure) {
            var counts = BackupManifest.Counts()
            counts.records = self.counts.records
            switch plan.part {
            case .records: try await writeRecords(plan, log, writer, &counts)
            case .keys: try await writeKeys(plan, writer, &counts)
            }
            let (head, segmentsDigest) = try writer.sealedChunks()
            let manifest = BackupManifest(
                vault: keyring.vault, part: plan.part, number: plan.number,
                base: plan.base.map { .init(number: $0.manifest.number, digest: $0.digest) },
                epoch: epoch(of: plan.part), keyringGeneration: keyring.generation,
                madeAt: Timestamp.text(seconds: nowMilliseconds / 1000), logOrigin: logOrigin,
                log: log.head, policyVersion: policyVersion, counts: counts,
                segmentsDigest: segmentsDigest, chunks: head.size, root: head.root,
                backupKey: keyring.backupKey.publicKey)
            let (document, digest) = try manifest.signed(by: keyring, keyHistory())
            let names = try writer.finish(manifest: document)
            outcome.failures += writer.failures
            try verify(manifest, digest, at: names, &outcome)
        } catch {
            writer.abandon()
            throw error
        }
    }

    private func writeRecords(
        _ plan: Plan, _ log: SnapshotLog, _ writer: PartWriter,
        _ counts: inout BackupManifest.Counts
    ) async throws(BackupFailure) {
        let first = plan.base?.manifest.log.size ?? 0
        progress.begin(
            .records,
            total: (plan.ids?.count ?? self.counts.records) + Int(clamping: log.head.size - first))
        var rows = 0
        try await eachRecord(plan.ids) { stored throws(BackupFailure) in
            try writer.append(.rows) { BackupRow.append(stored.id, stored.fields, to: &$0) }
            rows += 1
        }
        var entries = 0
        try await log.each(after: first) { entry throws(BackupFailure) in
            try writer.append(.entries) { BackupItems.append(entry, to: &$0) }
            entries += 1
            if entries.isMultiple(of: Self.pageCount) { try progress.add(Self.pageCount) }
        }
        counts.rows = rows
        counts.entries = entries
    }

    private func writeKeys(
        _ plan: Plan, _ writer: PartWriter, _ counts: inout BackupManifest.Counts
    ) async throws(BackupFailure) {
        progress.begin(.keys, total: plan.ids?.count ?? self.counts.records)
        for segment in segments {
            try writer.append(.segments) { BackupItems.append(segment, to: &$0) }
        }
        counts.segments = segments.count
        for state in states {
            try writer.append(.states) { BackupItems.append(state, to: &$0) }
        }
        counts.states = states.count
        var keys = SnapshotKeys(segments, keyring: keyring)
        var boxes = 0
        var damaged = 0
        try await eachRecord(plan.ids) { stored throws(BackupFailure) in
            var rights: [UInt8] = []
            if let record = keys.open(stored) {
                rights = record.sealedRights ?? []
            } else {
                damaged += 1
            }
            try writer.append(.boxes) { BackupBox.append(stored, rights: rights, to: &$0) }
            boxes += 1
        }
        counts.boxes = boxes
        counts.damagedBoxes = damaged
        counts.tombstones = try await writeTombstones(plan, writer)
        try await writeCertificates(plan, writer, &counts)
    }

    /// Shows the live records of the plan, in the order of ids.
    private func eachRecord(
        _ ids: [RecordID]?, _ body: (StoredRecord) throws(BackupFailure) -> Void
    ) async throws(BackupFailure) {
        do {
            guard let ids else {
                var last: RecordID?
                while true {
                    let page = try await snapshot.records(after: last, limit: Self.pageCount)
                    guard let end = page.last else { return }
                    for stored in page { try body(stored) }
                    last = end.id
                    try progress.add(page.count)
                }
            }
            for start in stride(from: 0, to: ids.count, by: Self.pageCount) {
                let page = Array(ids[start..<min(ids.count, start + Self.pageCount)])
                for case .live(let stored) in try await snapshot.records(page) {
                    try body(stored)
                }
                try progress.add(page.count)
            }
        } catch {
            throw BackupFailure(any: error)
        }
    }

    private func writeTombstones(
        _ plan: Plan, _ writer: PartWriter
    ) async throws(BackupFailure) -> Int {
        var count = 0
        func write(_ tombstone: StoredTombstone) throws(BackupFailure) {
            try writer.append(.tombstones) { BackupItems.append(tombstone, to: &$0) }
            count += 1
        }
        do {
            if let ids = plan.ids {
                for start in stride(from: 0, to: ids.count, by: Self.pageCount) {
                    let page = Array(ids[start..<min(ids.count, start + Self.pageCount)])
                    for (id, lookup) in zip(page, try await snapshot.records(page)) {
                        guard case .erased(let body) = lookup else { continue }
                        try write(StoredTombstone(id: id, body: body))
                    }
                }
                return count
            }
            var last: RecordID?
            while true {
                let page = try await snapshot.tombstones(after: last, limit: Self.pageCount)
                guard let end = page.last else { return count }
                for tombstone in page { try write(tombstone) }
                last = end.id
                try progress.check()
            }
        } catch {
            throw BackupFailure(any: error)
        }
    }

    private func writeCertificates(
        _ plan: Plan, _ writer: PartWriter, _ counts: inout BackupManifest.Counts
    ) async throws(BackupFailure) {
        var last = plan.base?.manifest.counts.lastCertificate ?? 0
        do {
            while true {
                let page = try await snapshot.certificates(after: last, limit: Self.pageCount)
                guard let end = page.last else { break }
                for certificate in page {
                    try writer.append(.certificates) { BackupItems.append(certificate, to: &$0) }
                }
                counts.certificates += page.count
                last = end.number
                try progress.check()
            }
        } catch {
            throw BackupFailure(any: error)
        }
        counts.lastCertificate = last
    }

    private var policyVersion: UInt64 {
        states.first { $0.name == PolicyState.name }?.version ?? 0
    }

    /// The oldest epoch that something in the keys part is wrapped under.
    private func epoch(of part: BackupPart) -> UInt64 {
        guard part == .keys else { return keyring.kek.epoch }
        return (segments.map(\.epoch) + [vaultBoxEpoch]).min() ?? keyring.kek.epoch
    }

    private var vaultBoxEpoch: UInt64 {
        guard let state = states.first(where: { $0.name == VaultBox.stateName }),
            state.sealed.count > 8
        else { return keyring.kek.epoch }
        return state.sealed.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
    }

    // MARK: Reading it again

    private func verify(
        _ manifest: BackupManifest, _ digest: Digest32, at names: [String],
        _ outcome: inout Outcome
    ) throws(BackupFailure) {
        let isNewest = manifest.epoch == keyring.kek.epoch
        guard !needsNewestEpoch || isNewest else {
            throw BackupFailure(
                .notOpened, at: manifest.part.fileName(manifest.number),
                hint: "something in it is wrapped under an older epoch's key")
        }
        progress.begin(
            .verifying, total: (manifest.counts.rows + manifest.counts.boxes) * names.count)
        var opened: [String] = []
        var bytes: UInt64 = 0
        for destination in destinations where names.contains(destination.name) {
            do throws(BackupFailure) {
                bytes = try verify(manifest, digest, at: destination)
                opened.append(destination.name)
            } catch {
                guard error.code != .interrupted else { throw error }
                outcome.failures.append(error)
            }
        }
        guard !opened.isEmpty else {
            throw outcome.failures.last
                ?? BackupFailure(.notWritten, at: manifest.part.fileName(manifest.number))
        }
        outcome.written.append(
            Written(manifest: manifest, digest: digest, bytes: bytes, destinations: opened))
    }

    private func verify(
        _ manifest: BackupManifest, _ digest: Digest32, at destination: any BackupDestination
    ) throws(BackupFailure) -> UInt64 {
        let name = manifest.part.fileName(manifest.number)
        let source = try destination.open(name)
        var reader = try PartReader(source, place: destination.place(of: name))
        var contents = PartContents(keyring: keyring, place: destination.place(of: name))
        let verified = try reader.verify(certificateKey: keyring.certificateKey.publicKey) {
            chunk, body throws(BackupFailure) in
            try progress.add(try contents.take(chunk, body))
        }
        guard verified.digest == digest else {
            throw BackupFailure(.damaged, at: destination.place(of: name))
        }
        try contents.check(against: manifest)
        return source.size
    }
}

/// What a part holds as it is read again: everything must open that opened when it was written.
struct PartContents {
    let keyring: Keyring
    let place: String
    private var segments: [StoredSegment] = []
    private var keys: SnapshotKeys?
    private var counts = BackupManifest.Counts()

    init(keyring: Keyring, place: String) {
        self.keyring = keyring
        self.place = place
    }

    /// Takes a chunk.
    ///
    /// - Returns: How many rows or boxes it holds.
    mutating func take(_ chunk: BackupChunk, _ body: [UInt8]) throws(BackupFailure) -> Int {
        func items<Item>(_ items: [Item]?) throws(BackupFailure) -> [Item] {
            guard let items else { throw BackupFailure(.damaged, at: place) }
            return items
        }
        switch chunk {
        case .manifest: return 0
        case .rows:
            let count = try items(BackupItems.rows(body)).count
            counts.rows += count
            return count
        case .entries: counts.entries += try items(BackupItems.entries(body)).count
        case .segments:
            segments += try items(BackupItems.segments(body))
            counts.segments = segments.count
        case .boxes:
            var keys = self.keys ?? SnapshotKeys(segments, keyring: keyring)
            defer { self.keys = keys }
            let boxes = try items(BackupItems.boxes(body))
            for box in boxes where keys.open(box.stored) == nil { counts.damagedBoxes += 1 }
            counts.boxes += boxes.count
            return boxes.count
        case .tombstones: counts.tombstones += try items(BackupItems.tombstones(body)).count
        case .states:
            for state in try items(BackupItems.states(body)) {
                counts.states += 1
                guard state.name == VaultBox.stateName else { continue }
                do throws(KeyError) {
                    _ = try VaultBox.open(state, keyring: keyring)
                } catch {
                    throw BackupFailure(.notOpened, at: "\(place): \(error.place)")
                }
            }
        case .certificates: counts.certificates += try items(BackupItems.certificates(body)).count
        }
        return 0
    }

    func check(against manifest: BackupManifest) throws(BackupFailure) {
        for segment in segments {
            do throws(KeyError) {
                _ = try SegmentKey.open(segment, keyring: keyring)
            } catch {
                throw BackupFailure(.notOpened, at: "\(place): \(error.place)")
            }
        }
        var counts = counts
        counts.records = manifest.counts.records
        counts.lastCertificate = manifest.counts.lastCertificate
        guard counts == manifest.counts else {
            throw BackupFailure(
                .notOpened, at: place, hint: "not everything opens that opened when it was written")
        }
    }
}

extension BackupFailure {
    init(any error: any Error) {
        switch error {
        case let error as BackupFailure: self = error
        case let error as StoreError: self.init(error)
        case let error as KeyError:
            self.init(.notOpened, at: error.description, hint: error.hint)
        case let error as OpeningError: self.init(.notOpened, at: error.description)
        default: self.init(.unreadable, at: "\(type(of: error))")
        }
    }
}
