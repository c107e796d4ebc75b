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
        .object([JSONMember("begun", .bool(isBegun))] + (rotationDocument.members ?? []))
    }

    /// How the running rotation stands, or how the last one ended.
    public func rotationStatus(_ proof: Authorized<RotateKeys>) -> JSONValue { rotationDocument }

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
            JSONMember("rotation", rotationDocument),
            JSONMember("lastRotation", Self.time(history.finalAtMilliseconds)),
            JSONMember("erasuresWaiting", .number(String(history.waiting.count))),
            JSONMember("oldestErasureWaiting", Self.time(oldest)),
            JSONMember("lastBackup", backups.newest),
            JSONMember("overdue", .array(overdue(oldestErasure: oldest).map(JSONValue.string))),
        ]
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
        if configuration.keyStorage?.replicas.isEmpty ?? true { overdue.append("replicas") }
        if backups.newest == .null { overdue.append("backup") }
        return overdue
    }

    private var rotationDocument: JSONValue {
        let progress = rotationProgress
        var members = [
            JSONMember("state", .string(rotationState)),
            JSONMember("step", progress.step.map { .string($0.rawValue) } ?? .null),
            JSONMember("done", .number(String(progress.done))),
            JSONMember("total", .number(String(progress.total))),
        ]
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
        case .stopped(let code):
            members.append(JSONMember("outcome", .string("stopped")))
            members.append(JSONMember("code", .string(code)))
        }
        return .object(members)
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
