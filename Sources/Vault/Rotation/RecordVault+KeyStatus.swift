import KeyManagement
public import StrictJSON

extension RecordVault {
    /// Public keys, epoch and rotation: nobody's data.
    public func keyStatus(_ proof: Authorized<ReadKeys>) -> JSONValue {
        .object((publicKeys(proof).members ?? []) + keyStatusMembers)
    }

    /// How the running rotation stands.
    ///
    /// - Parameter isBegun: Whether a request began it, or found another one running.
    public func rotationStatus(
        _ proof: Authorized<RotateKeys>, isBegun: Bool
    ) -> JSONValue {
        .object([JSONMember("begun", .bool(isBegun))] + rotationMembers + custodianMembers)
    }

    /// How the running rotation stands, or how the last one ended.
    public func rotationStatus(_ proof: Authorized<RotateKeys>) -> JSONValue {
        .object(rotationMembers + custodianMembers)
    }

    private var keyStatusMembers: [JSONMember] {
        let keyring = keyring
        let history = ledger.rotations
        let storage = configuration.keyStorage
        let oldest = history.waiting.first?.milliseconds
        return [
            JSONMember("keyringGeneration", .number(String(keyring.generation))),
            JSONMember(
                "epochBegan", .string(Timestamp.text(seconds: keyring.kek.createdSeconds))),
            JSONMember("storage", .string(keyringStrength.rawValue)),
            JSONMember("replicas", .array((storage?.replicas ?? []).map { .string($0.name) })),
            JSONMember(
                "replicasOutOfReach",
                .array((storage?.outOfReach(keyring) ?? []).map(JSONValue.string))),
            JSONMember("ledgerReplicas", ledgerReplicaDocument),
            JSONMember("rotation", .object(rotationMembers)),
            JSONMember("lastRotation", Self.time(history.finalAtMilliseconds)),
            JSONMember("erasuresWaiting", .number(String(history.waiting.count))),
            JSONMember("erasuresWaitingFor", waitingDocument(history)),
            JSONMember("oldestErasureWaiting", Self.time(oldest)),
            JSONMember("lastBackup", backups.newest),
            JSONMember("overdue", .array(overdue(oldestErasure: oldest).map(JSONValue.string))),
        ]
    }

    /// For which finality the erasures wait: a rotation that has begun settles those from before its cutoff, the
    /// others wait for the next.
    private func waitingDocument(_ history: RotationHistory) -> JSONValue {
        let running = history.settledByBegun.count
        var places: [String] = []
        if case .waiting(let missing) = rotationProgress.outcome { places = missing }
        return .object([
            JSONMember("runningRotation", .number(String(running))),
            JSONMember("nextRotation", .number(String(history.waiting.count - running))),
            JSONMember("places", .array(places.map(JSONValue.string))),
        ])
    }

    /// Whether there are replicas of the keyring, and each holds it.
    private var hasKeyringReplicas: Bool {
        guard let storage = configuration.keyStorage else { return false }
        return !storage.replicas.isEmpty && storage.outOfReach(keyring).isEmpty
    }

    private static var erasureOverdueMilliseconds: Int64 { 2 * 86_400_000 }
    private static var epochOverdueSeconds: Int64 { 35 * 86_400 }

    /// What should have been done by now.
    private func overdue(oldestErasure: Int64?) -> [String] {
        var overdue: [String] = []
        let now = clock.nowMilliseconds
        if let oldestErasure, now - oldestErasure > Self.erasureOverdueMilliseconds {
            overdue.append("finality")
        }
        if clock.nowSeconds - keyring.kek.createdSeconds > Self.epochOverdueSeconds {
            overdue.append("rotation")
        }
        if destruction.doubtedSince != nil { overdue.append("clock") }
        if !hasKeyringReplicas { overdue.append("replicas") }
        if ledger.replicas.isEmpty || !ledger.replicasOutOfReach.isEmpty {
            overdue.append("ledgerReplicas")
        }
        if backups.newest == .null { overdue.append("backup") }
        return overdue
    }

    private var rotationMembers: [JSONMember] {
        let progress = rotationProgress
        var members = [
            JSONMember("state", .string(rotationState)),
            JSONMember("step", progress.step.map { .string($0.rawValue) } ?? .null),
            JSONMember("done", .number(String(progress.done))),
            JSONMember("total", .number(String(progress.total))),
        ]
        if let left = progress.secondsLeft(atNanoseconds: ThreadSignal.nowNanoseconds) {
            members.append(JSONMember("secondsLeft", .number(String(left))))
        }
        if let kind = keyring.rotation ?? ledger.rotations.begun?.kind {
            members.append(JSONMember("deep", .bool(kind == .deep)))
        }
        if progress.startedAtMilliseconds > 0 {
            members.append(
                JSONMember("startedAt", Self.time(progress.startedAtMilliseconds)))
        }
        switch progress.outcome {
        case nil: break
        case .final: members.append(JSONMember("outcome", .string("final")))
        case .waiting(let places):
            members.append(JSONMember("outcome", .string("waiting")))
            members.append(JSONMember("waitingFor", .array(places.map(JSONValue.string))))
        case .stopped(let code, let detail):
            members.append(JSONMember("outcome", .string("stopped")))
            members.append(JSONMember("code", .string(code)))
            if let detail { members.append(JSONMember("detail", .string(detail))) }
        }
        return members
    }

    /// What those alone are told who may rotate.
    private var custodianMembers: [JSONMember] {
        let steps = JSONMember("steps", .array(rotationProgress.durations.map(Self.document)))
        guard let source = configuration.rootKeyNote?.source else { return [steps] }
        return [steps, JSONMember("rootKeySource", source.json)]
    }

    private static func document(_ duration: RotationProgress.Duration) -> JSONValue {
        let milliseconds = duration.microseconds / 1000
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return .object([
            JSONMember("step", .string(duration.step.rawValue)),
            JSONMember("seconds", .number("\(milliseconds / 1000).\(fraction)")),
        ])
    }

    /// `none`, `running`; `middle`: not final, and nothing runs; `certifying`: final but for certificates.
    private var rotationState: String {
        if rotationProgress.step != nil { return "running" }
        if keyring.rotation != nil { return "middle" }
        return ledger.rotations.begun == nil ? "none" : "certifying"
    }

    private static func time(_ milliseconds: Int64?) -> JSONValue {
        milliseconds.map { .string(Timestamp.text(seconds: $0 / 1000)) } ?? .null
    }
}
