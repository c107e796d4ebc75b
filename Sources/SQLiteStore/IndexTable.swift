import GRDB
import Storage

/// The blind index entries of one parity of generations, as the writer uses them.
///
/// The records of a chain stand at occurrences 0, 1, 2… without a gap; every change keeps it so.
struct IndexTable {
    /// The tables of even and of odd generations: an index and the one that will replace it.
    static let names = ["blind_index_0", "blind_index_1"]

    private let clear, occupant, recordAt, insert, update, delete: PreparedStatement
    private let lengths = ChainLengths()

    init(_ database: Database, name: String) throws {
        func prepare(_ sql: String) throws -> PreparedStatement {
            try PreparedStatement(database, "blind_index", sql)
        }
        clear = try prepare(
            """
            DELETE FROM \(name) WHERE tag <= coalesce(
                (SELECT tag FROM \(name) ORDER BY tag LIMIT 1 OFFSET ?), \(Int64.max))
            """)
        occupant = try prepare("SELECT record FROM \(name) WHERE tag = ?")
        recordAt = try prepare(
            """
            SELECT k.id FROM \(name) i LEFT JOIN key_boxes k ON k.number = i.record
            WHERE i.tag = ?
            """)
        insert = try prepare(
            "INSERT INTO \(name) (tag, record) VALUES (?, ?) ON CONFLICT DO NOTHING")
        update = try prepare("UPDATE \(name) SET record = ?2 WHERE tag = ?1")
        delete = try prepare("DELETE FROM \(name) WHERE tag = ?")
    }

    /// The records that stand in a chain, in order.
    func records(of chain: IndexChain) throws(StoreError) -> [RecordID] {
        var answer: [RecordID] = []
        var occurrence: UInt32 = 0
        while true {
            try recordAt.bind(1, storedTag(chain.tag(occurrence)))
            defer { recordAt.reset() }
            guard try recordAt.step() else { return answer }
            occurrence += 1
            // The entry of a record that was erased while its key box was damaged.
            if !recordAt.isNull(0) { answer.append(try recordAt.recordID(0)) }
        }
    }

    /// Takes the first entries out.
    func clear(limit: Int) throws(StoreError) {
        guard limit > 0 else { return }
        try clear.bind(1, Int64(limit - 1))
        try clear.run()
    }

    /// Puts entries in that the tags of no other may equal.
    func fill(_ entries: [IndexFilling]) throws(StoreError) {
        for entry in entries {
            try insert.bind(1, storedTag(entry.tag))
            try insert.bind(2, entry.place.number)
            try insert.run()
        }
    }

    /// Puts a record at the first free occurrence; most values have no other, so 0 is tried at once.
    func add(_ record: Int64, to chain: IndexChain) throws(StoreError) {
        let first = storedTag(chain.tag(0))
        if let length = lengths[first], try occupant(of: chain, at: length - 1) != nil,
            try place(record, at: length, of: chain)
        {
            lengths[first] = length + 1
            return
        }
        guard try !place(record, at: 0, of: chain) else { return }
        let free = try firstFree(in: chain, after: 0)
        guard try place(record, at: free, of: chain) else { throw insert.contradiction }
        lengths[first] = free + 1
    }

    /// Takes a record out; the last one moves into its place. A record that doesn't stand in the
    /// chain is left out already.
    func remove(_ record: Int64, from chain: IndexChain) throws(StoreError) {
        var place: UInt32 = 0
        while let other = try occupant(of: chain, at: place), other != record { place += 1 }
        guard try occupant(of: chain, at: place) == record else { return }
        let last = try firstFree(in: chain, after: place) - 1
        lengths[storedTag(chain.tag(0))] = last
        if last > place, let moved = try occupant(of: chain, at: last) {
            try update.bind(1, storedTag(chain.tag(place)))
            try update.bind(2, moved)
            try update.runOnOneRow()
        }
        try delete.bind(1, storedTag(chain.tag(last)))
        try delete.runOnOneRow()
    }

    /// The first free occurrence after one that is taken: steps that double, then halves.
    private func firstFree(in chain: IndexChain, after taken: UInt32) throws(StoreError) -> UInt32 {
        var taken = taken
        var step: UInt32 = 1
        while try occupant(of: chain, at: taken + step) != nil {
            taken += step
            step *= 2
        }
        var free = taken + step
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2
            if try occupant(of: chain, at: middle) == nil { free = middle } else { taken = middle }
        }
        return free
    }

    private func place(
        _ record: Int64, at occurrence: UInt32, of chain: IndexChain
    ) throws(StoreError) -> Bool {
        try insert.bind(1, storedTag(chain.tag(occurrence)))
        try insert.bind(2, record)
        try insert.run()
        return insert.changedRows == 1
    }

    private func occupant(
        of chain: IndexChain, at occurrence: UInt32
    ) throws(StoreError) -> Int64? {
        try occupant.bind(1, storedTag(chain.tag(occurrence)))
        defer { occupant.reset() }
        return try occupant.step() ? occupant.integer(0) : nil
    }
}
