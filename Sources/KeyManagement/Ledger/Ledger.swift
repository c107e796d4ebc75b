import Cryptography
import Glibc
import Synchronization

/// The append-only, MACed record of every erasure and policy change, beside the keyring: a database
/// put back from an hour ago brings nobody back.
public final class Ledger: Sendable {
    private static let magic = Array("AITTALGR".utf8)
    private static let format: UInt8 = 1
    private static let headerCount = 25

    private let path: String
    private let descriptor: CInt
    private let keyring: Keyring
    private let state: Mutex<State>

    private struct State {
        var lastNumber: UInt64
        var lastMAC: [UInt8]
        var rotations = RotationHistory()
        var isFailed = false
    }

    /// Writes an empty ledger, which must not exist yet.
    static func create(at path: String, vault: VaultID) throws(KeyError) {
        try KeyFiles.create(magic + [format] + vault.bytes, at: path)
    }

    /// Opens a ledger, checks every entry, cuts a torn last one, and gives all of them.
    ///
    /// - Parameter isReadOnly: Leaves a torn last entry where it is; nothing can be appended then.
    /// - Throws: ``KeyError/Code/ledgerMissing`` or ``KeyError/Code/ledgerDamaged``, with the place.
    public static func open(
        at path: String, keyring: Keyring, isReadOnly: Bool = false
    ) throws(KeyError) -> (ledger: Ledger, entries: [LedgerEntry]) {
        guard let content = try KeyFiles.read(path) else {
            throw KeyError(
                .ledgerMissing, at: path,
                hint: "put it back from a replica: without it, erased people could return")
        }
        let header = magic + [format] + keyring.vault.bytes
        guard content.starts(with: header) else {
            throw KeyError(.ledgerDamaged, at: "\(path): header")
        }
        var entries: [LedgerEntry] = []
        var mac = header
        var offset = headerCount
        while offset < content.count {
            let frame = LedgerFrame(in: content, at: offset)
            let expected = try frame.map { frame throws(KeyError) in
                try self.mac(of: frame.body, after: mac, keyring: keyring)
            }
            guard let frame, ConstantTime.equals(Array(frame.mac), expected ?? []) else {
                if LedgerFrame.isTorn(content, from: offset) { break }
                throw KeyError(.ledgerDamaged, at: "\(path): entry \(entries.count + 1)")
            }
            guard let entry = LedgerEntry(decoding: frame.body),
                entry.number == UInt64(entries.count) + 1
            else { throw KeyError(.ledgerDamaged, at: "\(path): entry \(entries.count + 1)") }
            entries.append(entry)
            mac = Array(frame.mac)
            offset = frame.end
        }
        let descriptor = Glibc.open(
            path, (isReadOnly ? O_RDONLY : O_WRONLY) | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        guard
            isReadOnly || offset == content.count
                || (ftruncate(descriptor, off_t(offset)) == 0 && fsync(descriptor) == 0),
            lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset)
        else {
            close(descriptor)
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        let ledger = Ledger(
            path: path, descriptor: descriptor, keyring: keyring,
            state: State(
                lastNumber: UInt64(entries.count), lastMAC: mac,
                rotations: RotationHistory(entries)))
        return (ledger, entries)
    }

    private init(path: String, descriptor: CInt, keyring: Keyring, state: consuming State) {
        self.path = path
        self.descriptor = descriptor
        self.keyring = keyring
        self.state = Mutex(state)
    }

    deinit { close(descriptor) }

    /// Appends entries and syncs them, once, before it returns.
    ///
    /// - Throws: ``KeyError/Code/ledgerNotWritten``; the ledger then takes nothing more, because a
    ///   failed sync is never tried again.
    public func append(_ events: [LedgerEvent], milliseconds: Int64) throws(KeyError) {
        let outcome: Result<Void, KeyError> = state.withLock { state in
            do throws(KeyError) {
                guard !state.isFailed else { throw failure }
                var number = state.lastNumber
                var mac = state.lastMAC
                var bytes: [UInt8] = []
                var rotations = state.rotations
                for event in events {
                    number += 1
                    let entry = LedgerEntry(
                        number: number, milliseconds: milliseconds, event: event)
                    rotations.note(entry)
                    let body = entry.encoded()
                    mac = try Self.mac(of: body[...], after: mac, keyring: keyring)
                    LedgerFrame.append(body: body, mac: mac, to: &bytes)
                }
                state.isFailed = true
                guard bytes.withUnsafeBytes({ KeyFiles.writeAll($0, to: descriptor) }),
                    fdatasync(descriptor) == 0
                else { throw failure }
                state = State(lastNumber: number, lastMAC: mac, rotations: rotations)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// All entries that the file has now.
    public func entries() throws(KeyError) -> [LedgerEntry] {
        try Self.open(at: path, keyring: keyring, isReadOnly: true).entries
    }

    /// The number of the last entry.
    public var lastNumber: UInt64 { state.withLock { $0.lastNumber } }

    /// What the ledger says of rotations, and of the erasures that wait for one to be final.
    public var rotations: RotationHistory { state.withLock { $0.rotations } }

    private var failure: KeyError {
        KeyError(
            .ledgerNotWritten, at: path,
            hint: "check the disk, then restart: what was under way is settled at start")
    }

    private static func mac(
        of body: ArraySlice<UInt8>, after previous: [UInt8], keyring: Keyring
    ) throws(KeyError) -> [UInt8] {
        var message = AssociatedData()
        message.append("aitta.ledger.v1")
        message.append(previous)
        message.append(Array(body))
        do throws(CryptographyError) {
            return try KeyedHash.hash(message.bytes, key: keyring.ledgerKey)
        } catch {
            throw KeyError(error, at: "ledger")
        }
    }
}
