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
        let own = try content()
        for directory in directories {
            let file = LedgerReplicaFile(directory: directory)
            guard !file.isSame(as: path) else {
                throw KeyError(
                    .ledgerReplicaIsLedger, at: file.path,
                    hint: "that is the ledger itself: name another directory in `ledger.replicas`")
            }
            guard let content = file.read() else { continue }
            switch LedgerComparison(content, to: own, at: file.path) {
            case .ahead(let entries): throw older(than: file, by: entries)
            case .aheadUnderUnknownKey(let entries): throw olderKeys(than: file, by: entries)
            case .conflict(let entry): throw conflict(with: file, at: entry)
            case .same, .behind, .underOtherKey, .damaged: continue
            }
        }
        state.withLock { $0.replicas = directories.map { LedgerReplica(directory: $0) } }
        catchUp()
    }

    /// Gives the replicas that lack something what they lack, if they can be written again. It reads both
    /// files and waits for disks; what is appended meanwhile goes on.
    public func catchUp() {
        catchingUp.withLock { _ in
            for place in replicas.indices where replicas[place].standing != .current {
                catchUp(place)
            }
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
        guard let own = try? content(), let content = file.read() else {
            return note(replica, at: place)
        }
        let bytes = own.bytes
        switch LedgerComparison(content, to: own, at: file.path) {
        case .same: finish(replica, at: place, with: own)
        case .behind(let kept):
            guard file.complete(bytes[kept...], keeping: kept, of: content.count) else {
                return note(replica, at: place)
            }
            finish(replica, at: place, with: own)
        case .underOtherKey:
            guard file.replace(bytes) else { return note(replica, at: place) }
            finish(replica, at: place, with: own)
        case .damaged:
            replica.standing = .damaged
            note(replica, at: place)
        case .ahead, .aheadUnderUnknownKey, .conflict:
            replica.standing = .conflicting
            note(replica, at: place)
        }
    }

    /// Appends what came meanwhile; from then on the replica gets each entry with the ledger. Where the ledger
    /// was written anew meanwhile, the replica has the former one.
    private func finish(_ replica: LedgerReplica, at place: Int, with written: OwnLedger) {
        let end = written.bytes.count
        state.withLock { state in
            guard state.authenticator.isSame(as: written.authenticator) else {
                state.replicas[place] = replica
                return
            }
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

    /// After a deep rotation nobody can tell a replica of this vault's by a key that isn't in the keyring from one
    /// that somebody made: it is refused all the same.
    private func olderKeys(than file: LedgerReplicaFile, by entries: UInt64) -> KeyError {
        KeyError(
            .ledgerOlder, at: path,
            hint:
                "the replica \(file.path) says the same, and \(entries) entries more, under a key that this "
                + "keyring lacks: keyring and ledger were put back from before a deep rotation, and people "
                + "erased since could return. Put keyring, escrow and ledger of after it back, or restore; if "
                + "somebody else wrote that file, move it away")
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
