import StrictJSON
import Synchronization

/// The backups and drills of a vault, one at a time: what runs, what came of the last, what there is.
final class BackupService: Sendable {
    enum Kind: String, Sendable {
        case backUp = "back-up"
        case drill = "backup-drill"
        case keysPart = "keys-part"
    }

    struct Running: Sendable {
        let kind: Kind
        let progress: BackupProgress
        let startedAtMilliseconds: Int64
    }

    /// A part that a configured destination has.
    struct Listed: Sendable {
        let directory: String
        let part: BackupPart
        let number: UInt64
        let base: UInt64?
        let epoch: UInt64
        let madeAt: String
        let bytes: UInt64
    }

    private struct State {
        var running: Running?
        var last: [Kind: JSONValue] = [:]
        var lastKeysPart: UInt64
        var listed: [Listed]?
        var isStopped = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter lastKeysPart: The number of the last keys part that the ledger names.
    init(lastKeysPart: UInt64) {
        state = Mutex(State(lastKeysPart: lastKeysPart))
    }

    /// Takes the place of what runs; `nil` while something does, or once the vault stops.
    func begin(_ kind: Kind, atMilliseconds now: Int64) -> Running? {
        state.withLock { state in
            guard state.running == nil, !state.isStopped else { return nil }
            let running = Running(
                kind: kind, progress: BackupProgress(), startedAtMilliseconds: now)
            state.running = running
            return running
        }
    }

    func end(_ kind: Kind, _ result: JSONValue) {
        let waiting = state.withLock { state in
            state.running = nil
            state.last[kind] = result
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits for the end of what runs.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard state.running != nil else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Interrupts what runs and waits for its end; nothing is begun any more.
    func stop() async {
        let running = state.withLock { state in
            state.isStopped = true
            return state.running
        }
        running?.progress.cancel()
        await ended()
    }

    var lastKeysPart: UInt64 {
        get { state.withLock { $0.lastKeysPart } }
        set { state.withLock { $0.lastKeysPart = max($0.lastKeysPart, newValue) } }
    }

    var listed: [Listed]? {
        get { state.withLock { $0.listed } }
        set { state.withLock { $0.listed = newValue } }
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// What runs, and the last results.
    func document(atMilliseconds now: Int64) -> JSONValue {
        let (running, last, listed) = state.withLock { ($0.running, $0.last, $0.listed) }
        return .object([
            JSONMember("running", running.map { $0.json(atMilliseconds: now) } ?? .null),
            JSONMember("lastBackup", last[.backUp] ?? .null),
            JSONMember("lastDrill", last[.drill] ?? .null),
            JSONMember("parts", .array((listed ?? []).map(\.json))),
        ])
    }

    /// When the newest part of each kind was made, as far as configured destinations have one.
    var newest: JSONValue {
        guard let listed = state.withLock({ $0.listed }) else { return .null }
        let members = BackupPart.allCases.map { part in
            JSONMember(
                part.rawValue,
                listed.filter { $0.part == part }.map(\.madeAt).max().map(JSONValue.string)
                    ?? .null)
        }
        return members.allSatisfy { $0.value.isNull } ? .null : .object(members)
    }
}

extension BackupService.Running {
    fileprivate func json(atMilliseconds now: Int64) -> JSONValue {
        let (phase, done, total) = progress.current
        let elapsed = max(0, now - startedAtMilliseconds)
        // What is left at the pace of the phase so far; a phase before it makes it too long, never short.
        let left = done > 0 ? elapsed * Int64(max(0, total - done)) / Int64(done) / 1000 : nil
        return .object([
            JSONMember("kind", .string(kind.rawValue)),
            JSONMember(
                "startedAt", .string(Timestamp.text(milliseconds: startedAtMilliseconds))),
            JSONMember("phase", .string(phase.rawValue)),
            JSONMember("done", .number(String(done))),
            JSONMember("total", .number(String(total))),
            JSONMember("etaSeconds", left.map { .number(String($0)) } ?? .null),
        ])
    }
}

extension BackupService.Listed {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("directory", .string(directory)),
            JSONMember("part", .string(part.rawValue)),
            JSONMember("number", .number(String(number))),
            JSONMember("base", base.map { .number(String($0)) } ?? .null),
            JSONMember("epoch", .number(String(epoch))),
            JSONMember("madeAt", .string(madeAt)),
            JSONMember("bytes", .number(String(bytes))),
        ])
    }
}

extension BackupFailure {
    /// The failure as the interface shows it.
    var json: JSONValue {
        .object([
            JSONMember("code", .string(code.rawValue)), JSONMember("place", .string(place)),
            JSONMember("hint", hint.map(JSONValue.string) ?? .null),
        ])
    }
}
