import Glibc
import KeyManagement
import StrictJSON
import Vault
import Verification

/// The state directory: the database, and the note that says where its keys are.
///
/// One process works on it at a time: the lock is taken before anything in it, and before the socket,
/// is touched.
final class StateDirectory: Sendable {
    /// What `vault.json` says.
    struct Note: Sendable {
        static let format = "aitta-vault/1"

        let vault: VaultID
        /// Where the root key comes from.
        var rootKeySources: RootKeySources
        let keyringDirectory: String
        /// The public certificate key in base64.
        let publicKey: String
    }

    /// The directory.
    let path: String
    private let lock: CInt

    private static let noteName = "vault.json"

    /// Makes the directory (0700) if it is missing, and takes the lock.
    static func create(at path: String) throws -> StateDirectory {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure(
                "can't make the state directory \(path): \(String(cString: strerror(errno)))")
        }
        let directory = try StateDirectory(path: path)
        guard !RestorePlace.isUnfinished(path) else { throw unfinished(path) }
        guard access(path + "/" + noteName, F_OK) != 0 else {
            throw Failure(
                "there is a vault in \(path) already",
                hint: "serve it with `aittad serve --state \(path)`, or choose another directory")
        }
        guard chmod(path, 0o700) == 0 else {
            throw Failure("can't set the mode of \(path): \(String(cString: strerror(errno)))")
        }
        return directory
    }

    /// Takes the lock of an existing directory.
    init(path: String) throws {
        self.path = path
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            let code = errno
            throw code == ENOENT
                ? Failure(
                    "there is no state directory \(path)",
                    hint: "make a vault with `aittad init --state \(path)`")
                : Failure(
                    "can't write to the state directory \(path): \(String(cString: strerror(code)))",
                    hint: "it must belong to the daemon's user and be writable")
        }
        // What is made by now is ended by deinit, which closes the lock: once, and not here as well.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw Failure(
                "another process works on \(path)",
                hint: "a daemon serves it: use `aitta`, or stop the daemon first")
        }
    }

    deinit { close(lock) }

    /// What the vault's note says.
    func note() throws -> Note {
        guard let bytes = readFile(path + "/" + Self.noteName, maximumCount: 65536) else {
            throw Failure(
                "there is no vault in \(path)",
                hint:
                    "make one with `aittad init --state \(path)`; if init was interrupted, remove "
                    + "what it left and run it again")
        }
        guard !RestorePlace.isUnfinished(path) else { throw Self.unfinished(path) }
        guard let json = try? JSONParser.parse(bytes), json["format"]?.text == Note.format,
            let vault = json["vault"]?.text.flatMap({ VaultID($0) }),
            let current = json["rootKeySource"].flatMap({ RootKeySource($0) }),
            let keyring = json["keyringDirectory"]?.text, let publicKey = json["publicKey"]?.text
        else {
            throw Failure(
                "\(path)/\(Self.noteName) is damaged",
                hint: "put it back: docs/FORMAT.md, \"Vault note\", has its form")
        }
        return Note(
            vault: vault,
            rootKeySources: RootKeySources(
                current: current,
                pending: json["pendingRootKeySource"].flatMap { RootKeySource($0) }),
            keyringDirectory: keyring, publicKey: publicKey)
    }

    private static func unfinished(_ path: String) -> Failure {
        Failure(
            "a restore into \(path) was not finished",
            hint: "run `aittad restore` again: it removes what is there and begins anew")
    }

    /// Writes the note in one step, in the place of one that may be there: the last step of making a
    /// vault.
    func write(_ note: Note) throws { try write(note: note.json) }

    /// Writes what `vault.json` says in one step.
    func write(note: JSONValue) throws {
        let (target, next) = (path + "/" + Self.noteName, path + "/" + Self.noteName + ".new")
        unlink(next)
        let descriptor = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure("can't write \(next)") }
        defer { close(descriptor) }
        let bytes = note.encoded() + [UInt8(ascii: "\n")]
        guard
            bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) })
                == bytes.count, fsync(descriptor) == 0, rename(next, target) == 0
        else { throw Failure("can't write \(target)") }
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw Failure("can't sync \(path)") }
    }
}

extension StateDirectory.Note {
    fileprivate var json: JSONValue {
        var members = [
            JSONMember("format", .string(Self.format)),
            JSONMember("vault", .string(vault.description)),
            JSONMember("rootKeySource", rootKeySources.current.json),
        ]
        if let pending = rootKeySources.pending {
            members.append(JSONMember("pendingRootKeySource", pending.json))
        }
        return .object(
            members + [
                JSONMember("keyringDirectory", .string(keyringDirectory)),
                JSONMember("publicKey", .string(publicKey)),
            ])
    }
}

/// The names in a directory; `nil` if it can't be looked into, and `errno` then says why.
func fileNames(in path: String) -> [String]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

/// A small file's content; `nil` if it can't be read or is too large.
func readFile(_ path: String, maximumCount: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var content = [UInt8](repeating: 0, count: maximumCount + 1)
    var count = 0
    while count < content.count {
        let got = content.withUnsafeMutableBytes {
            read(descriptor, $0.baseAddress! + count, $0.count - count)
        }
        guard got >= 0 else { return nil }
        if got == 0 { break }
        count += got
    }
    return count <= maximumCount ? Array(content[..<count]) : nil
}
