import StrictJSON
import Testing

/// A vault's files as Tests/Independent/open_vault.py opens them, which is written from
/// docs/FORMAT.md alone.
struct OpenedFiles {
    let status: CInt
    let json: JSONValue
    let error: String

    /// - Parameter recovery: whether the keys come from the escrow, by the recovery key.
    init(_ vault: TestVault, recovery: Bool = false) throws {
        try self.init(
            ["dump", "--state", vault.state], vault, recovery ? vault.recoveryFile : nil)
    }

    /// By an escrow and another recovery key than the vault was made with.
    init(_ vault: TestVault, recoveryFile: String) throws {
        try self.init(["dump", "--state", vault.state], vault, recoveryFile)
    }

    /// The newest backup in a directory.
    init(backup directory: String, of vault: TestVault, recovery: Bool = false) throws {
        try self.init(
            ["backup", "--parts", directory], vault, recovery ? vault.recoveryFile : nil)
    }

    private init(_ source: [String], _ vault: TestVault, _ recoveryFile: String?) throws {
        let run = try Command.run(
            [
                "/usr/bin/env", "python3",
                Programs.repository + "/Tests/Independent/open_vault.py",
            ] + source + ["--keys", vault.scratch.path + "/keys"]
                + (recoveryFile.map { ["--recovery", $0] } ?? []))
        status = run.status
        json = (try? JSONParser.parse(Array(run.output.utf8), limits: .report)) ?? .null
        error = run.error
    }

    var problems: [String] { json["problems"]?.items?.compactMap(\.text) ?? [] }

    /// What a record's fields hold.
    func fields(_ id: String) -> JSONValue? { json["records"]?[id]?["fields"] }
}

extension JSONLimits {
    /// For what a test's own program reports.
    static let report = JSONLimits(maximumBytes: 1 << 28, maximumElements: 10_000_000)
}
