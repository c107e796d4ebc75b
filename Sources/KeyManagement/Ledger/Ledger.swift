import Glibc
import Synchronization

/// The append-only, MACed record of every erasure and policy change, beside the keyring: a database
/// put back from an hour ago brings nobody back.
public final class Ledger: Sendable {
    let path: String
    let state: Mutex<State>
    /// Held while replicas are given what they lack: two that do so at once would write into each other's files.
    let catchingUp = Mutex(())

    struct State {
        var descriptor: CInt
        var authenticator: LedgerMAC
        /// What else may authenticate a replica while a deep rotation runs.
        var others: [LedgerMAC] = []
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
        let (content, authenticator) = try verified(bytes, at: path, keyring)
        let descriptor = try Self.descriptor(
            of: path, endingAt: content.head, cuts: !isReadOnly && content.isTorn,
            isReadOnly: isReadOnly)
        let ledger = Ledger(
            path: path,
            state: State(
                descriptor: descriptor, authenticator: authenticator,
                others: keyring.ledgerMACs.filter { !$0.isSame(as: authenticator) },
                head: content.head, rotations: RotationHistory(content.entries)))
        return (ledger, content.entries)
    }

    private init(path: String, state: consuming State) {
        self.path = path
        self.state = Mutex(state)
    }

    deinit { close(state.withLock { $0.descriptor }) }

    private static func verified(
        _ bytes: [UInt8], at path: String, _ keyring: Keyring
    ) throws(KeyError) -> (LedgerContent, LedgerMAC) {
        let authenticators = keyring.ledgerMACs
        for authenticator in authenticators.dropLast() {
            if let content = try? LedgerContent(bytes, at: path, authenticator),
                content.head.number > 0
            {
                return (content, authenticator)
            }
        }
        let last = authenticators[authenticators.count - 1]
        return (try LedgerContent(bytes, at: path, last), last)
    }

    /// Opens a file to be continued.
    static func descriptor(
        of path: String, endingAt head: LedgerHead, cuts: Bool = false, isReadOnly: Bool = false
    ) throws(KeyError) -> CInt {
        let descriptor = Glibc.open(
            path, (isReadOnly ? O_RDONLY : O_WRONLY) | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        let end = off_t(head.byteCount)
        guard !cuts || (ftruncate(descriptor, end) == 0 && fsync(descriptor) == 0),
            lseek(descriptor, end, SEEK_SET) == end
        else {
            close(descriptor)
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        return descriptor
    }

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
                    events, milliseconds: milliseconds, state.authenticator)
                state.isFailed = true
                guard bytes.withUnsafeBytes({ KeyFiles.writeAll($0, to: state.descriptor) }),
                    fdatasync(state.descriptor) == 0
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
        let own = try content()
        return try LedgerContent(own.bytes, at: path, own.authenticator).entries
    }

    /// The file, to the end of what was appended, and what authenticates it.
    func content() throws(KeyError) -> OwnLedger {
        let outcome: Result<OwnLedger, KeyError> = state.withLock { state in
            do throws(KeyError) {
                return .success(
                    OwnLedger(
                        bytes: try state.bytes(at: path), authenticator: state.authenticator,
                        others: state.others))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The number of the last entry.
    public var lastNumber: UInt64 { state.withLock { $0.head.number } }

    /// What the ledger says of rotations, and of the erasures that wait for one to be final.
    public var rotations: RotationHistory { state.withLock { $0.rotations } }

    var failure: KeyError {
        KeyError(
            .ledgerNotWritten, at: path,
            hint: "check the disk, then restart: what was under way is settled at start")
    }
}

extension Ledger.State {
    /// The file, to the end of what was appended.
    func bytes(at path: String) throws(KeyError) -> [UInt8] {
        guard let bytes = try KeyFiles.read(path), bytes.count >= head.byteCount else {
            throw KeyError(.ledgerDamaged, at: path)
        }
        return Array(bytes[..<head.byteCount])
    }
}
