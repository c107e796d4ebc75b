import Storage

extension MemoryState {
    /// Carries a write out.
    ///
    /// - Returns: `false` when it can't be, whatever it has done by then.
    mutating func carryOut(_ write: Write, _ defect: InMemoryStore.Defect?) -> Bool {
        switch write {
        case .insert(let record):
            guard records[record.id] == nil,
                tombstones[record.id] == nil || defect == .forgottenTombstone
            else { return false }
            records[record.id] = record
            firstSegments[record.id] = record.segment
        case .replace(let record):
            guard records[record.id] != nil else { return false }
            records[record.id] = record
        case .erase(let id, let tombstone):
            guard records.removeValue(forKey: id) != nil else { return false }
            tombstones[id] = tombstone
        case .addToIndex(let chain, let id):
            guard records[id] != nil else { return false }
            let place = UInt32(standing(in: chain, defect: defect).count)
            setEntry(chain, place, id, defect)
        case .removeFromIndex(let chain, let id):
            guard records[id] != nil else { return false }
            remove(id, from: chain, defect)
        case .clearIndex(let generation): index[table(generation, defect)] = [:]
        case .putSegment(let segment): segments[segment.id] = segment
        case .markDirty(let id):
            guard segments[id] != nil else { return false }
            segments[id]?.isDirty = true
        case .putState(let state): states[state.name] = state
        case .putReplay(let replay): replays[replay.key] = replay
        case .expireAuditEntries(let after, let through):
            let last = defect == .expiresOneMore ? through + 1 : through
            for place in audit.indices
            where audit[place].number > after && audit[place].number <= last {
                audit[place].leaf.entry = []
                if defect == .forgetsHashes { audit[place].leaf.hash = .missing }
            }
        case .dropReplays(let seconds):
            let limit = defect == .earlyDrop ? seconds + 1 : seconds
            replays = replays.filter { $0.value.expiresAtSeconds >= limit }
        case .addCertificate(let id, let body):
            let entry = lastAuditNumber + (defect == .wrongEntryOfCertificate ? 0 : 1)
            certificates[id, default: []].append(StoredCertificate(entry: entry, body: body))
        }
        return true
    }

    private mutating func remove(
        _ id: RecordID, from chain: IndexChain, _ defect: InMemoryStore.Defect?
    ) {
        let standing = standing(in: chain, defect: defect)
        guard let place = standing.firstIndex(of: id), let last = standing.last else { return }
        if defect == .gapInChain {
            setEntry(chain, UInt32(place), nil, defect)
            return
        }
        setEntry(chain, UInt32(place), last, defect)
        if defect != .doubleInChain || place == standing.count - 1 {
            setEntry(chain, UInt32(standing.count - 1), nil, defect)
        }
    }

    private mutating func setEntry(
        _ chain: IndexChain, _ occurrence: UInt32, _ id: RecordID?,
        _ defect: InMemoryStore.Defect?
    ) {
        index[table(chain.generation, defect), default: [:]][chain.tag(occurrence)] = id
    }
}
