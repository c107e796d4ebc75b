import ArgumentParser
import Glibc
import SQLiteStore
import Vault

/// Opens and verifies everything of a vault that no daemon serves.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Open and verify everything, while no daemon runs.",
        discussion: "Names what is damaged, record by record. Ends with 1 if anything is.")

    @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
    var state = "/var/lib/aitta"

    @Flag(help: "Make the blind index anew from the key boxes first.")
    var rebuildIndex = false

    func run() async throws {
        try SecureProcess.start()
        let opened = try OpenedState.asking(path: try absolute(state), isReadOnly: true)
        let check = VaultCheck(
            store: opened.store, keyring: opened.keyring, entries: opened.entries)
        let showsProgress = isatty(STDERR_FILENO) == 1
        let progress: (Int) -> Void = { records in
            if showsProgress { write("\r\(records) records", to: STDERR_FILENO) }
        }
        if rebuildIndex {
            let count = try await check.rebuildIndex(progress: progress)
            write("index made anew: \(count) entries\n", to: STDOUT_FILENO)
        }
        let report = try await check.run(progress: progress)
        if showsProgress { write("\n", to: STDERR_FILENO) }
        await opened.store.close()
        show(report)
        guard report.findings.isEmpty else { throw ExitCode(1) }
    }

    private func show(_ report: VaultCheck.Report) {
        write(
            """
            segments       \(report.segments)
            records        \(report.records)
            fields         \(report.fields)
            index entries  \(report.indexEntries)
            audit entries  \(report.logEntries), \(report.expiredEntries) expired
            certificates   \(report.certificates)
            ledger         \(report.ledgerEntries)

            """, to: STDOUT_FILENO)
        for finding in report.findings {
            write("\(finding.kind): \(finding.place)\n", to: STDOUT_FILENO)
        }
        write(
            report.findings.isEmpty
                ? "everything opens and agrees\n" : "\(report.findings.count) findings\n",
            to: STDOUT_FILENO)
    }
}
