import GRDB
public import Storage
import Synchronization

/// A store of two SQLite databases in one directory, for one process: `vault.db`, and `access.db` for
/// the audit entries of operations that write nothing else (see ``AccessLog``).
///
/// One connection writes, on the thread that calls; held read-only connections read side by side.
/// The log (WAL) is synced with every commit that asks for ``Durability/power``. SQLite reports a
/// failed sync of the log once; the store then serves nothing more and leaves its files untouched,
/// and the next start reads anew what is really on disk (docs/ARCHITECTURE.md, "Store").
///
/// Sources: https://sqlite.org/wal.html, https://sqlite.org/pragma.html.
public final class SQLiteStore: VaultStore {
    private let files: [StoreFiles]
    private let options: SQLiteStoreOptions
    private let health: Health
    let writer: Writer
    private let readers = ReaderPool()
    private let commits = CommitCount()
    private let snapshots = OpenSnapshots()

    /// Makes a database in a directory that has none, and opens it.
    ///
    /// - Throws: ``StoreError/alreadyExists``, ``StoreError/missing`` when there is no such
    ///   directory, ``StoreError/notWritable``, ``StoreError/diskFull``.
    public static func create(
        at directory: String, options: SQLiteStoreOptions = SQLiteStoreOptions()
    ) throws(StoreError) -> SQLiteStore {
        let files = Self.files(in: directory)
        var made: [StoreFiles] = []
        do throws(StoreError) {
            for file in files {
                try file.create()
                made.append(file)
            }
            return try SQLiteStore(files, options, isNew: true)
        } catch {
            for file in made { file.remove() }
            throw error
        }
    }

    /// Opens the database of a directory, after dropping its cached pages.
    ///
    /// - Throws: ``StoreError/missing``, ``StoreError/notWritable``,
    ///   ``StoreError/unknownSchema(version:)``, ``StoreError/corrupt(place:)``.
    public static func open(
        at directory: String, options: SQLiteStoreOptions = SQLiteStoreOptions()
    ) throws(StoreError) -> SQLiteStore {
        let files = Self.files(in: directory)
        for file in files {
            try file.checkPresence()
            try file.dropCachedPages()
        }
        return try SQLiteStore(files, options, isNew: false)
    }

    private init(
        _ files: [StoreFiles], _ options: SQLiteStoreOptions, isNew: Bool
    ) throws(StoreError) {
        precondition(options.readerCount > 0, "a store needs a reader")
        let health = Health()
        do {
            let accessLog = try AccessLog(files[1], options, isNew: isNew)
            writer = try Writer(
                files[0], accessLog, options, health, commits, readers, isNew: isNew)
            readers.add(
                try (0..<options.readerCount).map { _ in
                    try Reader(files[0], accessLog: files[1], options)
                })
        } catch {
            throw storeError(error, place: "vault.db")
        }
        self.files = files
        self.options = options
        self.health = health
    }

    /// See ``VaultStore/commit(_:durability:beforeCommit:)``.
    public func commit(
        _ group: [Mutation], durability: Durability,
        beforeCommit: @Sendable ([Int]) throws(StoreError) -> Void
    ) async throws(StoreError) -> [MutationOutcome] {
        try writer.commit(group, durability: durability, beforeCommit: beforeCommit)
    }

    /// See ``VaultStore/snapshot()``.
    public func snapshot() async throws(StoreError) -> any StoreSnapshot {
        try health.check()
        return try SQLiteSnapshot(files, options, health, snapshots)
    }

    /// See ``VaultStore/sync()``.
    public func sync() async throws(StoreError) {
        try writer.sync()
    }

    /// See ``VaultStore/scrub()``.
    public func scrub() async throws(StoreError) -> Bool {
        guard snapshots.count.load(ordering: .relaxed) == 0 else { return false }
        return try writer.scrub()
    }

    /// Closes the store in good order: waits for reads, copies the log into the database.
    public func close() async {
        guard health.close() else { return }
        await readers.close()
        writer.close()
    }

    /// Gives a reader to `body`, once one is free.
    func read<Answer>(
        _ body: (Reader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let reader = await readers.checkOut()
        defer { readers.checkIn(reader) }
        try health.check()
        do throws(StoreError) {
            try reader.show(commits.now)
            return try body(reader)
        } catch {
            reader.letGo()
            throw error
        }
    }

    var bytesOnDisk: Int { files.reduce(0) { $0 + $1.size } }

    private static func files(in directory: String) -> [StoreFiles] {
        ["vault.db", "access.db"].map { StoreFiles(directory: directory, name: $0) }
    }
}
