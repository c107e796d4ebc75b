import Foundation
import StrictJSON
import Testing

/// A vault that is cut off again and again while it is used and looked after, and is held each time
/// against what it had acknowledged.
final class FaultRun {
    /// How the vault is cut off.
    enum Fault {
        /// kill -9: what was written is there, synced or not.
        case killed
        /// A power loss: what was written but not synced is lost, wholly or partly.
        case power
        /// A power loss of a program that forgot to sync: a control.
        case powerDespiteSync
    }

    /// A command of the operator that runs beside the clients, begun anew when it has ended.
    struct Work: Sendable {
        let name: String
        let arguments: @Sendable (TestVault) -> [String]

        static let rotate = Work(name: "rotate") { $0.rotateCommand }

        static let rotateDeep = Work(name: "rotate deep") { $0.rotateDeepCommand }

        static let backup = Work(name: "backup") { vault in
            [Programs.aitta, "--socket", vault.socket, "backup", FaultRun.backups(of: vault)]
        }

        static let drill = Work(name: "backup drill") { vault in
            [
                Programs.aitta, "--socket", vault.socket, "backup", "drill",
                FaultRun.backups(of: vault),
            ]
        }
    }

    /// How many faults of each kind, with `aittad check` after each: `AITTA_FAULTS` asks for more.
    static let faultCount =
        ProcessInfo.processInfo.environment["AITTA_FAULTS"].flatMap { Int($0) } ?? 12
    /// The seed that a run printed, to repeat it: `AITTA_SEED`. How the threads meet it can't repeat.
    static var seed: UInt64 {
        ProcessInfo.processInfo.environment["AITTA_SEED"].flatMap { UInt64($0) }
            ?? .random(in: 0 ... .max)
    }

    private static let clientCount = 3
    private static let mostOperations = 20000
    /// The longest time from one fault to the next.
    private static let mostMicroseconds: UInt32 = 400_000
    /// The most writes and syncs from one power loss to the next.
    private static let mostCalls = 1500

    let vault: TestVault
    /// The directory that ``Work/backup`` writes to.
    static func backups(of vault: TestVault) -> String { vault.scratch.path + "/backups" }

    private let clients: [FaultClient]
    private let works: [Work]
    private var random: SeededGenerator
    private var running: ChildProcess?
    /// How often each piece of work was begun, and how often it went through.
    private(set) var begun: [String: Int] = [:]
    private(set) var done: [String: Int] = [:]

    init(
        operations: [FaultOperation] = FaultOperation.ofApplications, works: [Work] = [],
        seed: UInt64
    ) throws {
        print("seed of the faults: \(seed)")
        random = SeededGenerator(seed)
        let vault = try TestVault()
        self.vault = vault
        self.works = works
        var random = random
        clients = (0..<Self.clientCount).map {
            FaultClient(
                vault, operations, name: "CLIENT-\($0)",
                seed: UInt64.random(in: 0 ... .max, using: &random))
        }
        self.random = random
        for directory in ["keep", "backups"] {
            try FileManager.default.createDirectory(
                atPath: vault.scratch.path + "/" + directory, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        }
    }

    /// Cuts the vault off once, starts it again, and looks what became of it.
    ///
    /// - Returns: what is wrong.
    func go(_ fault: Fault) throws -> [String] {
        if fault == .killed {
            try vault.start()
            let group = beginClients()
            try workFor(microseconds: .random(in: 0...Self.mostMicroseconds, using: &random))
            try vault.kill()
            group.wait()
        } else if try startUnderShim(fault) {
            let group = beginClients()
            while let daemon = vault.daemon, !daemon.hasEnded {
                try workFor(microseconds: 2000)
            }
            group.wait()
            let status = try vault.daemon?.wait()
            #expect(status == 137, "the daemon ended with \(status ?? -1), not by the loss")
        }
        try endWork()
        do { try vault.start() } catch { return ["\(error)"] }
        var faults = try clients.flatMap { try $0.findFaults() + $0.refusals }
        faults += try findLostEntries()
        try vault.stop()
        let check = try vault.aittad("check")
        if check.status != 0 { faults.append("\(check.output.suffix(500)) \(check.error)") }
        return faults
    }

    /// Lets what was cut off go on by itself, then makes every erasure final.
    ///
    /// - Returns: what is wrong.
    func settle() throws -> [String] {
        try vault.start()
        let isOver = try Poll.until(atMostSeconds: 60) { try vault.epochs.count == 1 }
        guard isOver else { return ["a rotation that was cut off does not become final"] }
        try vault.rotate()
        var faults = try clients.flatMap { try $0.findFaults() }
        let erased = clients.flatMap(\.erased)
        let areFinal = try Poll.until(atMostSeconds: 30) {
            try erased.allSatisfy { try vault.isFinal($0) }
        }
        if !areFinal { faults.append("erasures do not become final") }
        try vault.stop()
        return try faults + OpenedFiles(vault).problems
            + OpenedFiles(vault, recovery: true).problems
    }

    /// - Returns: whether it got ready before it was cut off.
    private func startUnderShim(_ fault: Fault) throws -> Bool {
        let calls = Int.random(in: 1...Self.mostCalls, using: &random)
        var environment = [
            "LD_PRELOAD": try Shim.loseWrites.path, "LOSE_KEEP": vault.scratch.path + "/keep",
            "LOSE_BELOW":
                "\(vault.state):\(vault.keyringDirectory):\(vault.scratch.path)/backups",
            "LOSE_AT": String(calls), "LOSE_REPORT": report,
            "LOSE_SEED": String(UInt64.random(in: 0 ... .max, using: &random)),
        ]
        if fault == .powerDespiteSync { environment["LOSE_DESPITE_SYNC"] = "1" }
        do {
            try vault.start(environment: environment)
            return true
        } catch {
            guard try vault.daemon?.wait() == 137 else { throw error }
            return false
        }
    }

    private var report: String { vault.scratch.path + "/losses" }

    /// What was lost each time.
    var losses: [Substring] {
        ((try? vault.scratch.read("losses")) ?? "").split(separator: "\n")
    }

    /// How often operations were acknowledged, by name.
    var counts: [String: Int] {
        clients.reduce(into: [:]) { $0.merge($1.counts, uniquingKeysWith: +) }
    }

    private func beginClients() -> DispatchGroup {
        let group = DispatchGroup()
        for client in clients {
            DispatchQueue.global().async(group: group) {
                client.run(atMost: Self.mostOperations)
            }
        }
        return group
    }

    /// Lets the operator's work go on, one piece after the other.
    private func workFor(microseconds: UInt32) throws {
        var left = microseconds
        while left > 0 {
            let step = min(left, 2000)
            if let running, running.hasEnded {
                if try running.wait() == 0, let last { done[last, default: 0] += 1 }
                self.running = nil
            }
            if running == nil, let work = works.randomElement(using: &random) {
                begun[work.name, default: 0] += 1
                last = work.name
                running = try ChildProcess(
                    work.arguments(vault), output: vault.scratch.path + "/work.out",
                    error: vault.scratch.path + "/work.err")
            }
            usleep(step)
            left -= step
        }
    }

    private var last: String?

    private func endWork() throws {
        running?.signal(SIGKILL)
        _ = try running?.wait()
        running = nil
    }

    /// Every acknowledged request left an entry in the log.
    private func findLostEntries() throws -> [String] {
        let status = try vault.connect().ask("GET", "/v1/status")
        let entries = try #require(status.json["auditEntries"]?.integer)
        let acknowledged = clients.reduce(0) { $0 + $1.acknowledged }
        let standing = status.json["log"]?["standing"]?.text
        return (entries < acknowledged ? ["\(entries) log entries of \(acknowledged)"] : [])
            + (standing == "intact" ? [] : ["the log is \(standing ?? "missing")"])
    }
}
