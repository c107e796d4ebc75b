import ArgumentParser

/// The command line: one subcommand for each thing that the daemon does. Read this first.
struct Aitta: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aitta",
        abstract: "Work with a vault of personal data through its daemon, aittad.",
        discussion: """
            Options before the command hold for every command. Personal values are not taken \
            from the command line, where others could read them: write - in their place and give \
            them on standard input.
            """,
        version: "aitta 0.1.0",
        subcommands: [
            RecordsCommand.self, ImportCommand.self, ConsentCommand.self, ObjectCommand.self,
            HoldCommand.self,
            RestrictCommand.self, ProtectCommand.self, GrantsCommand.self, TokensCommand.self,
            RolesCommand.self, KeysCommand.self, BackupCommand.self, AuditCommand.self,
            CertificateCommand.self, StatusCommand.self, MetricsCommand.self, UnsealCommand.self,
        ])

    @OptionGroup var options: GlobalOptions
}
