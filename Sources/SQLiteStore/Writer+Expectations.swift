import Storage

extension Writer {
    /// Why an expectation doesn't hold; `nil` if it does.
    func check(_ expectation: Expectation, place: Int) throws(StoreError) -> Rejection? {
        switch expectation {
        case .generation(let id, let expected):
            guard let record = try find(id) else { return try missing(id) }
            return record.generation == expected
                ? nil : .changed(id, generation: record.generation)
        case .exists(let id):
            return try find(id) == nil ? try missing(id) : nil
        case .absent(let id):
            if try find(id) != nil { return .present(id) }
            return try isErased(id) ? .present(id) : nil
        case .vacant(let chain, let ignored):
            let records = try statements.index(chain).records(of: chain)
                .filter { !ignored.contains($0) }
            return records.isEmpty ? nil : .occupied(by: records, expectation: place)
        case .unusedReplay(let key, let now):
            guard let replay = try statements.replay.storedReplay(key),
                replay.expiresAtSeconds >= now
            else { return nil }
            return .replay(replay)
        case .stateVersion(let name, let expected):
            let version = try stateVersion(name)
            return version == expected ? nil : .stateChanged(name: name, version: version)
        case .segment(let segment, let count):
            return try stands(segment, recordCount: count) ? nil : .segmentChanged(segment.id)
        }
    }

    private func stands(
        _ segment: StoredSegment, recordCount: Int?
    ) throws(StoreError) -> Bool {
        let row = statements.segment
        try row.bind(1, segment.id)
        defer { row.reset() }
        guard try row.step(), try row.count(0) == segment.generation,
            try row.count(1) == segment.epoch, try row.count(2) == segment.dirtySince,
            try row.bytes(3) == segment.wrapped
        else { return false }
        guard let recordCount else { return true }
        let count = statements.recordCount
        try count.bind(1, segment.id)
        defer { count.reset() }
        return try count.step() && Int(count.integer(0)) == recordCount
    }

    /// A live record's number in the tables, and its generation.
    func find(_ id: RecordID) throws(StoreError) -> (number: Int64, generation: UInt64)? {
        let statement = statements.find
        try statement.bind(1, id)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return (statement.integer(0), try statement.count(1))
    }

    func isErased(_ id: RecordID) throws(StoreError) -> Bool {
        let statement = statements.findTombstone
        try statement.bind(1, id)
        defer { statement.reset() }
        return try statement.step()
    }

    private func missing(_ id: RecordID) throws(StoreError) -> Rejection {
        try isErased(id) ? .erased(id) : .unknownRecord(id)
    }

    private func stateVersion(_ name: String) throws(StoreError) -> UInt64 {
        let statement = statements.stateVersion
        try statement.bind(1, name)
        defer { statement.reset() }
        return try statement.step() ? try statement.count(0) : 0
    }
}
