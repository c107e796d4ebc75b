import Synchronization
import Testing
import VaultAPI
import VaultClient

@testable import aitta

@Suite struct ImportSessionTests {
    static let map = """
        person: {fields: {name: person}}
        company: {when: firm, fields: {name: firm}, contact: {fields: {name: person}}}
        """

    let scratch: ScratchDirectory
    let file: String
    let mapFile: String

    init() throws {
        scratch = try ScratchDirectory()
        // Every third row is a company with a contact person.
        let rows = (1...60).map { "p\($0),\($0 % 3 == 0 ? "c\($0)" : "")" }
        file = try scratch.write((["person,firm"] + rows).joined(separator: "\n"), to: "in.csv")
        mapFile = try scratch.write(Self.map, to: "map.yaml")
    }

    /// Every record that the file asks for, once.
    static let expected = (1...60).flatMap { $0 % 3 == 0 ? ["c\($0)", "p\($0)"] : ["p\($0)"] }
        .sorted()

    @discardableResult
    func run(
        _ vault: FakeVault, rowsPerBatch: Int = 7, isDryRun: Bool = false, vaultID: String = "v",
        epoch: Int = 1, isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) async throws -> ImportSummary {
        let session = ImportSession(
            input: try ImportInput(path: file, mapPath: mapFile), vault: vault, vaultID: vaultID,
            epoch: epoch, isDryRun: isDryRun, rowsPerBatch: rowsPerBatch,
            isInterrupted: isInterrupted)
        return try await session.run()
    }

    @Test(arguments: [1, 7, 60, 1000])
    func importsEveryRowOnce(rowsPerBatch: Int) async throws {
        let vault = FakeVault()
        let summary = try await run(vault, rowsPerBatch: rowsPerBatch)
        #expect(vault.names.sorted() == Self.expected)
        #expect(summary.counts.rows == 60)
        #expect(summary.counts.created == [.person: 40, .company: 20, .contact: 20])
        #expect(summary.table.contains("\n  companies      20\n"))
        #expect(!scratch.has("in.csv.progress"))
        #expect(!scratch.has("in.csv.rejected"))
    }

    @Test func writesNothingInADryRun() async throws {
        let vault = FakeVault()
        try await run(vault, isDryRun: true)
        #expect(vault.names == [])
        #expect(vault.state.withLock { $0.requests } > 0)
        #expect(!scratch.has("in.csv.progress"))
    }

    /// The vault dies at every request in turn, before or after it has carried it out, and the
    /// same command is given again until it is through.
    @Test(arguments: 1...30, [true, false])
    func goesOnWithoutDoubles(request: Int, isCarriedOut: Bool) async throws {
        let vault = FakeVault { number in
            guard number == request else { return .carriedOut }
            return isCarriedOut ? .answerLost : .refused(.connectionLost)
        }
        let total = await runUntilDone(vault)
        #expect(vault.names.sorted() == Self.expected)
        #expect(total <= 2)
    }

    /// A vault that forgets keys gets doubles from the same interruption: the test above would
    /// notice.
    @Test func doublesWhereKeysAreIgnored() async throws {
        let vault = FakeVault(ignoresKeys: true) { $0 == 2 ? .answerLost : .carriedOut }
        _ = await runUntilDone(vault)
        #expect(vault.names.sorted() != Self.expected || scratch.has("in.csv.rejected"))
    }

    @Test func goesOnAfterCtrlC() async throws {
        let vault = FakeVault()
        let asked = Atomic(0)
        let failure = await #expect(throws: Failure.self) {
            try await run(vault) { asked.add(1, ordering: .relaxed).newValue > 3 }
        }
        #expect(
            failure
                == Failure("interrupted", hint: "the same command goes on where this one stopped"))
        #expect(vault.names.count > 0 && vault.names.count < Self.expected.count)
        #expect(try scratch.permissions("in.csv.progress") == 0o600)
        #expect(!(try scratch.read("in.csv.progress").contains("p1")))
        try await run(vault)
        #expect(vault.names.sorted() == Self.expected)
    }

    @Test func refusesToGoOnWhenTheFileHasChanged() async throws {
        let vault = FakeVault()
        _ = try? await run(vault) { true }
        #expect(scratch.has("in.csv.progress"))
        _ = try scratch.write("person,firm\nother,\n", to: "in.csv")
        let failure = await #expect(throws: Failure.self) { try await run(vault) }
        #expect(failure?.message == "the file has changed since its import was interrupted")
        #expect(vault.names == [])
    }

    @Test func refusesToGoOnElsewhere() async throws {
        let vault = FakeVault()
        _ = try? await run(vault) { true }
        await #expect(throws: Failure.self) { try await run(vault, vaultID: "w") }
        await #expect(throws: Failure.self) { try await run(vault, rowsPerBatch: 8) }
        _ = try scratch.write(Self.map + "\n", to: "map.yaml")
        await #expect(throws: Failure.self) { try await run(vault) }
        _ = try scratch.write(Self.map, to: "map.yaml")
        try await run(vault)
    }

    /// A rotation takes the keys away: batches that may have been sent can't be sent again, not
    /// even after another run that did not come to them. Once they are settled, all is well.
    @Test func outlivesARotationOnlyWhereNothingIsOpen() async throws {
        let vault = FakeVault { $0 == 2 ? .refused(.connectionLost) : .carriedOut }
        _ = try? await run(vault)
        await #expect(throws: Failure.self) { try await run(vault, epoch: 2) }
        _ = try? await run(vault) { true }
        await #expect(throws: Failure.self) { try await run(vault, epoch: 2) }
        let asked = Atomic(0)
        _ = try? await run(vault) { asked.add(1, ordering: .relaxed).newValue > 6 }
        #expect(scratch.has("in.csv.progress"))
        try await run(vault, epoch: 2)
        #expect(vault.names.sorted() == Self.expected)
    }

    /// A refusal that the vault keeps under its key must not come back once a grant was given.
    @Test func usesNewKeysAfterARefusal() async throws {
        let vault = FakeVault { $0 <= 4 ? .everyOperationRefused(.notGranted) : .carriedOut }
        await #expect(throws: VaultClientError.self) { try await run(vault) }
        #expect(vault.names == [])
        _ = await runUntilDone(vault)
        #expect(vault.names.sorted() == Self.expected)
    }

    @Test func tellsLinesAndReasonsOfRejectedRows() async throws {
        _ = try scratch.write(
            """
            person,firm
            good,
            bad,
            "bad",bad
            x,bad
            bad,Oy
            "two
            lines",
            good,
            a,b,c
            last,
            """, to: "in.csv")
        let vault = FakeVault()
        // One batch: which of two equal rows comes first is open where batches overtake.
        try await run(vault, rowsPerBatch: 100)
        #expect(vault.names.sorted() == ["good", "last", "two\nlines"])
        #expect(
            try scratch.read("in.csv.rejected").split(separator: "\r\n") == [
                "line,reason,person,firm",
                "3,name: format,bad,",
                "4,contact.name: format; name: format,bad,bad",
                "5,name: format,x,bad",
                "6,contact.name: format,bad,Oy",
                "9,duplicate: name,good,",
                "10,columns,a,b,c",
            ])
        #expect(try scratch.permissions("in.csv.rejected") == 0o600)
    }

    @Test func locksTheFile() async throws {
        let first = try ImportInput(path: file, mapPath: mapFile)
        #expect(throws: Failure("another import of \(file) is running")) {
            try ImportInput(path: file, mapPath: mapFile)
        }
        _ = first
    }

    /// Gives the command until it is through; answers how often.
    /// How many runs reached the vault until one was through. One that didn't found the file locked
    /// still: a process that another test starts holds its parent's locks until it is another program.
    private func runUntilDone(_ vault: FakeVault) async -> Int {
        var runs = 0
        for _ in 0..<100_000 where runs < 5 {
            let requests = vault.state.withLock { $0.requests }
            do {
                try await run(vault)
                return runs + 1
            } catch {
                if vault.state.withLock({ $0.requests }) > requests { runs += 1 }
                await Task.yield()
            }
        }
        return .max
    }
}
