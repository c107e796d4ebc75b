import Testing

extension TestVault {
    /// Runs SQL on the stopped vault's database; `kept` is one beside it.
    func sql(_ text: String) throws {
        let run = try Command.run([
            "python3", "-c",
            "import sqlite3,sys; d = sqlite3.connect(sys.argv[1], isolation_level=None);"
                + " d.execute('ATTACH ? AS kept', (sys.argv[2],));"
                + " assert d.execute(sys.argv[3]).rowcount != 0",
            database, scratch.path + "/kept.db", text,
        ])
        try #require(run.status == 0, "\(run.error)")
    }
}
