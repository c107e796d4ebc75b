import Foundation
import StrictJSON
import Testing

/// A vault of which somebody takes a copy at every sync, of everything but keyring and escrow.
final class CopiedVault {
    let vault: TestVault
    let copies: String
    private(set) var people: [CopiedPerson] = []
    private var random: SeededGenerator

    init(seed: UInt64) throws {
        random = SeededGenerator(seed)
        vault = try TestVault()
        copies = vault.scratch.path + "/copies"
        for directory in [copies, backups, replica] {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        }
    }

    var backups: String { vault.scratch.path + "/backups" }
    /// Of keyring, escrow and ledger.
    var replica: String { vault.scratch.path + "/replica" }
    var keys: String { vault.scratch.path + "/keys" }

    /// What puts the copier between a program and the system.
    var environment: [String: String] {
        get throws {
            [
                "LD_PRELOAD": try Shim.copyAtSync.path, "COPY_TO": copies,
                "COPY_FROM": "\(vault.state):\(vault.keyringDirectory):\(backups):\(replica)",
                "AITTA_KEYRING_REPLICAS": replica, "AITTA_LEDGER_REPLICAS": replica,
            ]
        }
    }

    func start() throws { try vault.start(environment: environment) }

    /// Makes people, whom nothing but chance tells apart.
    func create(_ count: Int) throws -> [CopiedPerson] {
        let connection = try vault.connect()
        var made: [CopiedPerson] = []
        for number in people.count..<(people.count + count) {
            var person = CopiedPerson(number, using: &random)
            try person.create(on: connection, key: UUID().uuidString)
            made.append(person)
        }
        people += made
        return made
    }

    func change(_ person: CopiedPerson, _ fields: String) throws {
        let changed = try vault.connect().ask(
            "PATCH", "/v1/records/\(person.id)", purpose: "order", json: #"{"fields":\#(fields)}"#)
        try #require(changed.status == 200, "\(changed.text)")
    }

    /// - Parameter compartments: JSON; nil for everything.
    func erase(_ person: CopiedPerson, compartments: String? = nil) throws {
        let some = compartments.map { #","compartments":\#($0)"# } ?? ""
        let erased = try vault.connect().ask(
            "POST", "/v1/records/\(person.id)/erasure", purpose: "data-subject-rights",
            json: #"{"reason":"erasure-request"\#(some)}"#)
        try #require(erased.status == 200, "\(erased.text)")
    }

    /// Adds to the backup.
    func backUp() throws {
        let made = try vault.aitta(["backup", backups])
        try #require(made.status == 0, "\(made.error)")
    }

    /// A history that is longer than a page of the database.
    func recordConsents(_ person: CopiedPerson) throws {
        let connection = try vault.connect()
        for number in 0..<40 {
            let evidence = "evidence-\(number)-" + String(repeating: "x", count: 80)
            let said = try connection.ask(
                "POST", "/v1/records/\(person.id)/consents", purpose: "data-subject-rights",
                json: """
                    {"purpose":"marketing","state":"\(number % 2 == 0 ? "given" : "withdrawn")",
                     "evidence":"\(evidence)"}
                    """)
            try #require(said.status == 201, "\(said.text)")
        }
    }

    /// Rotates, and cuts the daemon off while it does, again and again.
    ///
    /// - Parameter between: what is done before each cut, by its number.
    func rotateCutOff(
        times: Int, using random: inout some RandomNumberGenerator, between: (Int) throws -> Void
    ) throws {
        for number in 0..<times {
            let rotation = try vault.beginRotation()
            usleep(.random(in: 0...60_000, using: &random))
            try between(number)
            usleep(.random(in: 0...30_000, using: &random))
            try vault.kill()
            _ = try rotation.wait()
            try start()
        }
    }

    /// Attacks with all copies, the live root key, keyring, escrow and recovery key.
    ///
    /// - Parameters:
    ///   - kept: keyrings or escrows that should not have survived.
    ///   - guessing: whose henkilötunnus is to be guessed.
    func attack(kept: [String] = [], guessing: [CopiedPerson] = []) throws -> AttackReport {
        let input = JSONValue.object([JSONMember("guesses", .array(guessing.map(\.guess)))])
        let run = try Command.run(
            [
                "/usr/bin/env", "python3", Programs.repository + "/Tests/Independent/attack.py",
                "--copies", copies, "--keys", keys, "--recovery", vault.recoveryFile,
            ] + kept.flatMap { ["--kept-keyring", $0] },
            input: String(decoding: input.encoded(), as: UTF8.self), atMostSeconds: 1800)
        try #require(run.status == 0, "\(run.error.suffix(2000))")
        let report = AttackReport(
            json: try JSONParser.parse(Array(run.output.utf8), limits: .report))
        print("attack: \(report.summary)")
        return report
    }
}
