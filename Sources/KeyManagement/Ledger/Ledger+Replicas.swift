import Synchronization

extension Ledger {
    /// Every replica, and how it stands.
    public var replicas: [LedgerReplica] { state.withLock { $0.replicas } }

    /// The directories of the replicas that lack something, or may.
    public var replicasOutOfReach: [String] { state.withLock { $0.replicasOutOfReach } }

    /// Takes replicas, holds them against the ledger, and gives each what it lacks. To be called once, before
    /// anything is appended: a ledger that was put back from an older copy must not go on.
    ///
    /// - Throws: ``KeyError/Code/ledgerOlder`` where a replica has entries that the ledger lacks,
    ///   ``KeyError/Code/ledgerConflicts`` where it has others; nothing is written then.
    public func replicate(to directories: [String]) throws(KeyError) {
        let (bytes, authenticator) = try bytes()
        for directory in directories {
            let file = LedgerReplicaFile(directory: directory)
            guard !file.isSame(as: path) else {
                throw KeyError(
                    .ledgerReplicaIsLedger, at: file.path,
                    hint: "that is the ledger itself: name another directory in `ledger.replicas`")
            }
            guard let content = file.read() else { continue }
            switch LedgerComparison(content, to: bytes, at: file.path, authenticator) {
            case .ahead(let entries): throw older(than: file, by: entries)
            case .conflict(let entry): throw conflict(with: file, at: entry)
            case .same, .behind, .damaged: continue
            }
        }
        state.withLock { $0.replicas = directories.map { LedgerReplica(directory: $0) } }
        catchUp()
    }

    /// Gives the replicas that lack something what they lack, if they can be written again. It reads both
    /// files and waits for disks; what is appended meanwhile goes on.
    public func catchUp() {
        for place in replicas.indices where replicas[place].standing != .current {
            catchUp(place)
        }
    }

    /// Looks whether the replicas that hold everything can still be written.
    ///
    /// - Returns: ``replicasOutOfReach``.
    public func probeReplicas() -> [String] {
        state.withLock { state in
            for place in state.replicas.indices where state.replicas[place].standing == .current {
                let file = LedgerReplicaFile(directory: state.replicas[place].directory)
                if !file.isReachable(at: state.head.byteCount) {
                    state.replicas[place].standing = .outOfReach
                }
            }
            return state.replicasOutOfReach
        }
    }

    private func catchUp(_ place: Int) {
        var replica = replicas[place]
        let file = LedgerReplicaFile(directory: replica.directory)
        replica.isElsewhere = file.isElsewhere(than: path)
        replica.standing = .outOfReach
        guard let (bytes, authenticator) = try? bytes(), let content = file.read() else {
            return note(replica, at: place)
        }
        switch LedgerComparison(content, to: bytes, at: file.path, authenticator) {
        case .damaged where isFormer(content, of: file.path, beginningOf: bytes, authenticator):
            guard file.replace(bytes) else { return note(replica, at: place) }
            finish(replica, at: place, from: bytes.count)
        case .same: finish(replica, at: place, from: bytes.count)
        case .behind(let kept):
            guard file.complete(bytes[kept...], keeping: kept, of: content.count) else {
                return note(replica, at: place)
            }
            finish(replica, at: place, from: bytes.count)
        case .damaged:
            replica.standing = .damaged
            note(replica, at: place)
        case .ahead, .conflict:
            replica.standing = .conflicting
            note(replica, at: place)
        }
    }

    /// Whether a replica is the beginning of this ledger by the key before a deep rotation.
    private func isFormer(
        _ content: [UInt8], of path: String, beginningOf bytes: [UInt8],
        _ authenticator: LedgerMAC
    ) -> Bool {
        guard let former = state.withLock({ $0.former }),
            let there = try? LedgerContent(content, at: path, former),
            let here = try? LedgerContent(bytes, at: self.path, authenticator)
        else { return false }
        return here.entries.starts(with: there.entries)
    }

    /// Appends what came meanwhile; from then on the replica gets each entry with the ledger.
    private func finish(_ replica: LedgerReplica, at place: Int, from end: Int) {
        state.withLock { state in
            var replica = replica
            let rest = end < state.head.byteCount ? (try? KeyFiles.read(path)) : []
            let file = LedgerReplicaFile(directory: replica.directory)
            if let rest,
                end == state.head.byteCount
                    || (rest.count >= state.head.byteCount
                        && file.append(rest[end..<state.head.byteCount], at: end))
            {
                replica.standing = .current
                replica.lastNumber = state.head.number
            }
            state.replicas[place] = replica
        }
    }

    private func note(_ replica: LedgerReplica, at place: Int) {
        state.withLock { $0.replicas[place] = replica }
    }

    private func older(than file: LedgerReplicaFile, by entries: UInt64) -> KeyError {
        KeyError(
            .ledgerOlder, at: path,
            hint:
                "its replica has \(entries) entries more, and people erased since could return: find out "
                + "why, then `cp \(file.path) \(path)` takes them over, and the next start carries "
                + "them out")
    }

    private func conflict(with file: LedgerReplicaFile, at entry: UInt64) -> KeyError {
        KeyError(
            .ledgerConflicts, at: path,
            hint:
                "from entry \(entry) on the replica \(file.path) says something else: one of them went "
                + "on from an older copy. Keep both; put the one that knows the erasures in the place of the "
                + "other, or move the replica away if that knows none")
    }
}

extension Ledger.State {
    fileprivate var replicasOutOfReach: [String] {
        replicas.filter { $0.standing != .current }.map(\.directory)
    }

    /// Appends to every replica that has all that is here, up to a new head.
    mutating func replicate(_ bytes: [UInt8], to next: LedgerHead) {
        for place in replicas.indices where replicas[place].standing == .current {
            let file = LedgerReplicaFile(directory: replicas[place].directory)
            if file.append(bytes[...], at: head.byteCount) {
                replicas[place].lastNumber = next.number
            } else {
                replicas[place].standing = .outOfReach
            }
        }
    }
}
