import Storage

extension Writer {
    /// Carries one write of a mutation out.
    func carryOut(_ write: Write) throws(StoreError) {
        switch write {
        case .insert(let record): try insert(record)
        case .replace(let record): try replace(record)
        case .erase(let id, let tombstone): try erase(id, tombstone: tombstone)
        case .addToIndex(let chain, let id):
            try change(IndexChange(isAddition: true, chain: chain, record: try number(of: id)))
        case .removeFromIndex(let chain, let id):
            try change(IndexChange(isAddition: false, chain: chain, record: try number(of: id)))
        case .reseal(let id, let box):
            try statements.resealKeyBox.bind(1, try number(of: id))
            try statements.resealKeyBox.bind(2, box)
            try statements.resealKeyBox.runOnOneRow()
        case .clearIndex(let generation, let limit):
            try statements.index(generation: generation).clear(limit: limit)
        case .deferIndex(let generation): deferral.begin(generation)
        case .fillIndex(let generation, let entries):
            try statements.index(generation: generation).fill(entries)
        case .settleIndex(let generation, let boxes, let limit):
            for change in try deferral.take(generation, filledFrom: boxes, limit: limit) {
                try carryOut(change)
            }
        case .putSegment(let segment): try put(segment)
        case .markDirty(let segment, let epoch):
            try statements.markDirty.bind(1, segment)
            try statements.markDirty.bind(2, epoch)
            try statements.markDirty.runOnOneRow()
        case .putState(let state): try put(state)
        case .putReplay(let replay): try put(replay)
        case .expireAuditEntries(let after, let through):
            guard after < through, through < Int64.max else { break }
            try accessLog.expire(after + 1...through)
            try statements.auditExpiry.run(after + 1...through)
        case .dropReplays(let seconds):
            try statements.dropReplays.bind(1, seconds)
            try statements.dropReplays.run()
        case .addCertificate(let id, let body):
            try statements.insertCertificate.bind(1, id)
            try statements.insertCertificate.bind(2, lastAuditNumber + Int64(audit.count) + 1)
            try statements.insertCertificate.bind(3, body)
            try statements.insertCertificate.run()
        case .putTombstone(let tombstone):
            guard try find(tombstone.id) == nil else { throw .nothingThere }
            try statements.insertTombstone.bind(1, tombstone.id)
            try statements.insertTombstone.bind(2, tombstone.body)
            try statements.insertTombstone.run()
        case .renewTombstone(let tombstone):
            try statements.updateTombstone.bind(1, tombstone.id)
            try statements.updateTombstone.bind(2, tombstone.body)
            try statements.updateTombstone.runOnOneRow()
        case .putCertificate(let id, let certificate):
            try statements.insertCertificate.bind(1, id)
            try statements.insertCertificate.bind(2, certificate.entry)
            try statements.insertCertificate.bind(3, certificate.body)
            try statements.insertCertificate.run()
        }
    }

    private func change(_ change: IndexChange) throws(StoreError) {
        guard !deferral.note(change) else { return }
        try carryOut(change)
    }

    private func carryOut(_ change: IndexChange) throws(StoreError) {
        let table = statements.index(change.chain)
        if change.isAddition {
            try table.add(change.record, to: change.chain)
        } else {
            try table.remove(change.record, from: change.chain)
        }
    }

    private func number(of id: RecordID) throws(StoreError) -> Int64 {
        guard let record = try find(id) else { throw .nothingThere }
        return record.number
    }

    /// An id that was erased is refused by the statement, whatever was expected of it.
    private func insert(_ record: StoredRecord) throws(StoreError) {
        let number = nextRecordNumber
        nextRecordNumber += 1
        let box = statements.insertKeyBox
        try box.bind(1, number)
        try box.bind(2, record.id)
        try box.bind(3, record.segment)
        try box.bind(4, record.generation)
        try box.bind(5, record.box)
        try box.runOnOneRow()
        let fields = statements.insertFields
        try fields.bind(1, number)
        try fields.bind(2, record.fields)
        try fields.run()
    }

    private func replace(_ record: StoredRecord) throws(StoreError) {
        let number = try number(of: record.id)
        let box = statements.updateKeyBox
        try box.bind(1, number)
        try box.bind(2, record.segment)
        try box.bind(3, record.generation)
        try box.bind(4, record.box)
        try box.runOnOneRow()
        let fields = statements.updateFields
        try fields.bind(1, number)
        try fields.bind(2, record.fields)
        try fields.runOnOneRow()
    }

    private func erase(_ id: RecordID, tombstone: [UInt8]) throws(StoreError) {
        let number = try number(of: id)
        try statements.deleteKeyBox.bind(1, number)
        try statements.deleteKeyBox.runOnOneRow()
        // Fields that are missing already must not hold an erasure up.
        try statements.deleteFields.bind(1, number)
        try statements.deleteFields.run()
        try statements.insertTombstone.bind(1, id)
        try statements.insertTombstone.bind(2, tombstone)
        try statements.insertTombstone.run()
    }

    private func put(_ segment: StoredSegment) throws(StoreError) {
        let statement = statements.putSegment
        try statement.bind(1, segment.id)
        try statement.bind(2, segment.generation)
        try statement.bind(3, segment.epoch)
        try statement.bind(4, segment.dirtySince)
        try statement.bind(5, segment.wrapped)
        try statement.run()
    }

    private func put(_ state: StoredState) throws(StoreError) {
        try statements.putState.bind(1, state.name)
        try statements.putState.bind(2, state.version)
        try statements.putState.bind(3, state.sealed)
        try statements.putState.run()
    }

    private func put(_ replay: StoredReplay) throws(StoreError) {
        try statements.putReplay.bind(1, replay.key)
        try statements.putReplay.bind(2, replay.expiresAtSeconds)
        try statements.putReplay.bind(3, replay.sealed)
        try statements.putReplay.run()
    }
}
