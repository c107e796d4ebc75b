import Storage

extension Reader {
    func indexEntries(
        generation: UInt32, after tag: UInt64?, limit: Int
    ) throws(StoreError) -> [IndexEntry] {
        guard tag != .max else { return [] }
        let statement = statements.entriesFrom(generation: generation)
        try statement.bind(1, storedTag(tag.map { $0 + 1 } ?? 0))
        try statement.bind(2, Int64(max(0, limit)))
        defer { statement.reset() }
        var answer: [IndexEntry] = []
        while try statement.step() {
            guard !statement.isNull(1) else { throw statement.contradiction }
            answer.append(
                IndexEntry(
                    tag: tagOf(statement.integer(0)), record: try statement.recordID(1)))
        }
        return answer
    }

    func isIndexEmpty(generation: UInt32) throws(StoreError) -> Bool {
        let statement = statements.anyEntry(generation: generation)
        defer { statement.reset() }
        return try !statement.step()
    }

    func segment(_ id: SegmentID) throws(StoreError) -> StoredSegment? {
        let statement = statements.segment
        try statement.bind(1, id)
        defer { statement.reset() }
        return try statement.step() ? try storedSegment(statement) : nil
    }

    func segments() throws(StoreError) -> [StoredSegment] {
        let statement = statements.segments
        defer { statement.reset() }
        var answer: [StoredSegment] = []
        while try statement.step() { answer.append(try storedSegment(statement)) }
        return answer
    }

    func recordCount(in segment: SegmentID) throws(StoreError) -> Int {
        let statement = statements.recordCount
        try statement.bind(1, segment)
        defer { statement.reset() }
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    func boxes(in segment: SegmentID) throws(StoreError) -> [StoredBox] {
        let statement = statements.boxesOfSegment
        try statement.bind(1, segment)
        return try boxes(of: statement)
    }

    func boxes(after place: RecordPlace?, limit: Int) throws(StoreError) -> [StoredBox] {
        let statement = statements.boxesAfter
        try statement.bind(1, place?.number ?? 0)
        try statement.bind(2, Int64(max(0, limit)))
        return try boxes(of: statement)
    }

    private func boxes(of statement: PreparedStatement) throws(StoreError) -> [StoredBox] {
        defer { statement.reset() }
        var answer: [StoredBox] = []
        while try statement.step() {
            answer.append(
                StoredBox(
                    place: RecordPlace(try statement.count(0)), id: try statement.recordID(1),
                    segment: try statement.segment(2), generation: try statement.count(3),
                    box: try statement.bytes(4)))
        }
        return answer
    }

    func state(_ name: String) throws(StoreError) -> StoredState? {
        let statement = statements.state
        try statement.bind(1, name)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return StoredState(
            name: name, version: try statement.count(0), sealed: try statement.bytes(1))
    }

    func replay(_ key: [UInt8]) throws(StoreError) -> StoredReplay? {
        try statements.replay.storedReplay(key)
    }

    func certificates(of id: RecordID) throws(StoreError) -> [StoredCertificate] {
        let statement = statements.certificates
        try statement.bind(1, id)
        defer { statement.reset() }
        var answer: [StoredCertificate] = []
        while try statement.step() {
            answer.append(
                StoredCertificate(entry: try statement.count(0), body: try statement.bytes(1)))
        }
        return answer
    }

    func auditEntries(after number: UInt64, limit: Int) throws(StoreError) -> [AuditEntry] {
        guard number < Int64.max else { return [] }
        letGo()
        let entries = try readAudit(after: number, limit: limit)
        let isWhole = zip(entries, entries.dropFirst()).allSatisfy { $0.number + 1 == $1.number }
        // The two databases are read from moments that lie close together, so that an entry may
        // seem to be missing before one that came after it. To a second look it is there.
        if isWhole, entries.first.map({ $0.number == number + 1 }) ?? true { return entries }
        let again = try readAudit(after: number, limit: limit)
        // What came since the first look may seem to miss an entry in its turn: it is for the next page.
        let known = entries.last?.number ?? number
        let gap = zip(again, again.dropFirst()).first {
            $0.number >= known && $0.number + 1 < $1.number
        }
        guard let gap else { return again }
        return again.prefix { $0.number <= gap.0.number }.map { $0 }
    }

    func readAudit(after number: UInt64, limit: Int) throws(StoreError) -> [AuditEntry] {
        let statement = statements.auditEntries
        try statement.bind(1, number + 1)
        defer { statement.reset() }
        var answer: [AuditEntry] = []
        while answer.count < limit, try statement.step() {
            guard
                let entries = AuditRow.read(
                    hashes: try statement.bytes(1), entries: try statement.bytes(2),
                    from: try statement.count(0))
            else { throw statement.contradiction }
            let wanted = entries.drop { $0.number <= number }
            answer += wanted.prefix(limit - answer.count)
        }
        return answer
    }

    func leafHashes(after number: UInt64, limit: Int) throws(StoreError) -> [LeafHash] {
        guard number < Int64.max else { return [] }
        letGo()
        let statement = statements.leafHashes
        try statement.bind(1, number + 1)
        defer { statement.reset() }
        var answer: [LeafHash] = []
        while answer.count < limit, try statement.step() {
            let first = try statement.count(0)
            guard let hashes = AuditRow.read(hashes: try statement.bytes(1)) else {
                throw statement.contradiction
            }
            let next = number + 1 + UInt64(answer.count)
            let missing = min(Int(clamping: first - min(first, next)), limit - answer.count)
            answer += repeatElement(LeafHash.missing, count: missing)
            let known = Int(clamping: next - min(first, next))
            answer += hashes.dropFirst(known).prefix(limit - answer.count)
        }
        return answer
    }

    /// All counts of one moment; the size on disk is left to the store.
    func counts() throws(StoreError) -> StoreCounts {
        letGo()
        let statement = statements.counts
        defer { statement.reset() }
        guard try statement.step() else { throw statement.contradiction }
        let numbers = (0..<7).map { Int(statement.integer($0)) }
        return StoreCounts(
            records: numbers[0], tombstones: numbers[1], segments: numbers[2],
            dirtySegments: numbers[3], indexEntries: numbers[4],
            auditEntries: max(numbers[5], numbers[6]) - 1,
            bytesOnDisk: 0)
    }

    private func storedSegment(
        _ statement: PreparedStatement
    ) throws(StoreError) -> StoredSegment {
        StoredSegment(
            id: try statement.segment(0), generation: try statement.count(1),
            epoch: try statement.count(2), dirtySince: try statement.count(3),
            wrapped: try statement.bytes(4))
    }
}

extension PreparedStatement {
    /// The replay of a key, from a statement that gives its expiry and its bytes.
    func storedReplay(_ key: [UInt8]) throws(StoreError) -> StoredReplay? {
        try bind(1, key)
        defer { reset() }
        guard try step() else { return nil }
        return StoredReplay(key: key, expiresAtSeconds: integer(0), sealed: try bytes(1))
    }
}
