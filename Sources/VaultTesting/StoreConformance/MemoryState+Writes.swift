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
            places[record.id] = UInt64(places.count + 1)
        case .replace(let record):
            guard records[record.id] != nil else { return false }
            records[record.id] = record
        case .erase(let id, let tombstone):
            guard records.removeValue(forKey: id) != nil else { return false }
            tombstones[id] = tombstone
        case .addToIndex(let chain, let id):
            guard records[id] != nil else { return false }
            if !keepsBack(.init(isAddition: true, chain: chain, id: id)) {
                add(id, to: chain, defect)
            }
        case .removeFromIndex(let chain, let id):
            guard records[id] != nil else { return false }
            if !keepsBack(.init(isAddition: false, chain: chain, id: id)) {
                remove(id, from: chain, defect)
            }
        case .reseal(let id, let box):
            guard records[id] != nil else { return false }
            records[id]?.box = box
        case .clearIndex(let generation, let limit):
            let table = table(generation, defect)
            for tag in index[table, default: [:]].keys.sorted().prefix(limit) {
                index[table]?[tag] = nil
            }
        case .deferIndex(let generation):
            deferredIndex = generation
            keptBack = []
        case .fillIndex(let generation, let entries):
            let ids = Dictionary(uniqueKeysWithValues: places.map { ($1, $0) })
            for entry in entries {
                index[table(generation, defect), default: [:]][entry.tag] =
                    ids[entry.place.number]
            }
        case .settleIndex(let generation, let boxes, let limit):
            guard deferredIndex == generation else { return false }
            let next = keptBack.prefix(limit)
            keptBack.removeFirst(next.count)
            if keptBack.isEmpty { deferredIndex = nil }
            for change in next {
                let place = RecordPlace(places[change.id] ?? 0)
                if boxes.hold(
                    place, generation: change.boxGeneration, first: change.chain.tag(0)),
                    defect != .settlesAll
                {
                    continue
                }
                change.isAddition
                    ? add(change.id, to: change.chain, defect)
                    : remove(change.id, from: change.chain, defect)
            }
        case .putSegment(let segment): segments[segment.id] = segment
        case .markDirty(let id, let epoch):
            guard segments[id] != nil else { return false }
            segments[id]?.dirtySince = epoch
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
            add(StoredCertificate(entry: entry, body: body), of: id)
        case .putTombstone(let tombstone):
            guard records[tombstone.id] == nil, tombstones[tombstone.id] == nil else {
                return false
            }
            tombstones[tombstone.id] = tombstone.body
        case .renewTombstone(let tombstone):
            guard tombstones[tombstone.id] != nil else { return false }
            tombstones[tombstone.id] = tombstone.body
        case .putCertificate(let id, let certificate):
            var certificate = certificate
            if defect == .wrongEntryOfCertificate { certificate.entry += 1 }
            add(certificate, of: id)
        }
        return true
    }

    private mutating func keepsBack(_ change: KeptBack) -> Bool {
        guard change.chain.generation == deferredIndex else { return false }
        var change = change
        change.boxGeneration = boxGeneration
        keptBack.append(change)
        return true
    }

    private mutating func add(
        _ id: RecordID, to chain: IndexChain, _ defect: InMemoryStore.Defect?
    ) {
        let place = UInt32(standing(in: chain, defect: defect).count)
        setEntry(chain, place, id, defect)
    }

    private mutating func add(_ certificate: StoredCertificate, of id: RecordID) {
        certificates[id, default: []].append(certificate)
        listedCertificates.append(
            ListedCertificate(
                number: UInt64(listedCertificates.count) + 1, record: id,
                certificate: certificate))
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
