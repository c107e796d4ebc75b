import Glibc
import Synchronization

/// The append-only, MACed record of every erasure and policy change, beside the keyring: a database
/// put back from an hour ago brings nobody back.
public final class Ledger: Sendable {
    let path: String
    let authenticator: LedgerMAC
    let state: Mutex<State>
    private let descriptor: CInt

    struct State {
        var head: LedgerHead
        var rotations = RotationHistory()
        var isFailed = false
        var replicas: [LedgerReplica] = []
    }

    /// Writes an empty ledger, which must not exist yet.
    static func create(at path: String, vault: VaultID) throws(KeyError) {
        try KeyFiles.create(LedgerContent.header(of: vault), at: path)
    }

    /// Opens a ledger, checks every entry, cuts a torn last one, and gives all of them.
    ///
    /// - Parameter isReadOnly: Leaves a torn last entry where it is; nothing can be appended then.
    /// - Throws: ``KeyError/Code/ledgerMissing`` or ``KeyError/Code/ledgerDamaged``, with the place.
    public static func open(
        at path: String, keyring: Keyring, isReadOnly: Bool = false
    ) throws(KeyError) -> (ledger: Ledger, entries: [LedgerEntry]) {
        guard let bytes = try KeyFiles.read(path) else {
            throw KeyError(
                .ledgerMissing, at: path,
                hint: "put it back from a replica: without it, erased people could return")
        }
        let authenticator = LedgerMAC(keyring)
        let content = try LedgerContent(bytes, at: path, authenticator)
        let descriptor = Glibc.open(
            path, (isReadOnly ? O_RDONLY : O_WRONLY) | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        let end = off_t(content.head.byteCount)
        guard
            isReadOnly || !content.isTorn
                || (ftruncate(descriptor, end) == 0 && fsync(descriptor) == 0),
            lseek(descriptor, end, SEEK_SET) == end
        else {
            close(descriptor)
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        let ledger = Ledger(
            path: path, descriptor: descriptor, authenticator: authenticator,
            state: State(head: content.head, rotations: RotationHistory(content.entries)))
        return (ledger, content.entries)
    }

    private init(
        path: String, descriptor: CInt, authenticator: LedgerMAC, state: consuming State
    ) {
        self.path = path
        self.descriptor = descriptor
        self.authenticator = authenticator
        self.state = Mutex(state)
    }

    deinit { close(descriptor) }

    /// Appends entries and syncs them, once, before it returns: here first, so that no replica ever has
    /// what this ledger lacks, then in every replica within reach. One that fails is out of reach from then
    /// on, see ``replicasOutOfReach``.
    ///
    /// - Throws: ``KeyError/Code/ledgerNotWritten``; the ledger then takes nothing more, because a
    ///   failed sync is never tried again.
    public func append(_ events: [LedgerEvent], milliseconds: Int64) throws(KeyError) {
        let outcome: Result<Void, KeyError> = state.withLock { state in
            do throws(KeyError) {
                guard !state.isFailed else { throw failure }
                let (entries, bytes, head) = try state.head.appending(
                    events, milliseconds: milliseconds, authenticator)
                state.isFailed = true
                guard bytes.withUnsafeBytes({ KeyFiles.writeAll($0, to: descriptor) }),
                    fdatasync(descriptor) == 0
                else { throw failure }
                state.replicate(bytes, to: head)
                state.head = head
                for entry in entries { state.rotations.note(entry) }
                state.isFailed = false
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// All entries that the file has now.
    public func entries() throws(KeyError) -> [LedgerEntry] {
        try LedgerContent(bytes(), at: path, authenticator).entries
    }

    /// The file, to the end of what was appended.
    func bytes() throws(KeyError) -> [UInt8] {
        let count = state.withLock { $0.head.byteCount }
        guard let bytes = try KeyFiles.read(path), bytes.count >= count else {
            throw KeyError(.ledgerDamaged, at: path)
        }
        return Array(bytes[..<count])
    }

    /// The number of the last entry.
    public var lastNumber: UInt64 { state.withLock { $0.head.number } }

    /// What the ledger says of rotations, and of the erasures that wait for one to be final.
    public var rotations: RotationHistory { state.withLock { $0.rotations } }

    private var failure: KeyError {
        KeyError(
            .ledgerNotWritten, at: path,
            hint: "check the disk, then restart: what was under way is settled at start")
    }
}
