import Glibc
import KeyManagement
import StrictJSON

/// The directories that a restore fills.
///
/// Until the vault is whole, `vault.json` says that a restore is under way and names the key files that it
/// makes. What opens a vault refuses it then; the next restore removes all of that and begins anew.
struct RestorePlace {
    private static let format = "aitta-restoring/1"
    private static let noteName = "vault.json"
    /// What a restore leaves that was cut off before anything else.
    private static let harmless: Set<String> = ["lock", "vault.json.new"]

    /// The state directory, whose lock is held.
    let directory: StateDirectory
    /// Where its keys go.
    let keys: KeyDirectory

    /// Refuses a directory that anything else lies in than what an interrupted restore has left.
    ///
    /// - Returns: the key files that one made.
    @discardableResult
    static func check(_ path: String) throws -> [String] {
        guard let names = fileNames(in: path) else {
            guard errno == ENOENT else {
                throw Failure("can't look into \(path): \(String(cString: strerror(errno)))")
            }
            return []
        }
        if let made = madeFiles(in: path) { return made }
        guard harmless.isSuperset(of: names) else {
            throw Failure(
                "\(path) is not empty",
                hint: "a vault is restored into a new directory: name another")
        }
        return []
    }

    /// Whether a restore into a directory was begun and not finished.
    static func isUnfinished(_ path: String) -> Bool { madeFiles(in: path) != nil }

    /// Takes the lock, removes what an interrupted restore has left, and says that one is under way.
    static func begin(at path: String, _ options: RootKeyOptions) throws -> RestorePlace {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure(
                "can't make the state directory \(path): \(String(cString: strerror(errno)))")
        }
        let directory = try StateDirectory(path: path)
        // Again, now that nobody else can work on it.
        try KeyringDirectory.destroy(try check(path))
        for name in fileNames(in: path) ?? [] where name != "lock" && name != noteName {
            guard unlink(path + "/" + name) == 0 else {
                throw Failure("can't remove \(path)/\(name)")
            }
        }
        guard chmod(path, 0o700) == 0 else {
            throw Failure("can't set the mode of \(path): \(String(cString: strerror(errno)))")
        }
        let keys = try options.directory(for: path)
        let keyring = KeyringDirectory(path: keys.keyringDirectory).files
        for file in keyring where access(file, F_OK) == 0 {
            throw KeyError(
                .alreadyThere, at: file,
                hint: "a vault is restored with keys of its own: name another --key-directory")
        }
        let made = options.madeFiles(in: keys).filter { access($0, F_OK) != 0 } + keyring
        try directory.write(
            note: .object([
                JSONMember("format", .string(format)),
                JSONMember("makes", .array(made.map(JSONValue.string))),
            ]))
        return RestorePlace(directory: directory, keys: keys)
    }

    private static func madeFiles(in path: String) -> [String]? {
        guard let bytes = readFile(path + "/" + noteName, maximumCount: 65536),
            let json = try? JSONParser.parse(bytes), json["format"]?.text == format
        else { return nil }
        return json["makes"]?.items?.compactMap(\.text)
    }
}
