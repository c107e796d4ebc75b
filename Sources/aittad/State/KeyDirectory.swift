import Glibc
import KeyManagement

/// Where a new vault's keys go: a directory (0700) outside the state directory.
struct KeyDirectory {
    /// The directory.
    let path: String

    /// Makes the directory if it is missing.
    ///
    /// - Parameter path: `nil` for `/etc/aitta/keys`, or `DIR.keys` beside another state directory.
    init(path: String?, state: String) throws {
        let path = path ?? Self.defaultPath(for: state)
        guard !(path + "/").hasPrefix(state + "/") else {
            throw Failure(
                "the keys lie inside the state directory",
                hint: "a copy of the state directory must open nothing: keep keys elsewhere")
        }
        try Self.make(path)
        self.path = path
    }

    /// The directory that a key file lies in, or is to lie in.
    static func of(keyFile: String) -> String {
        String(keyFile[..<(keyFile.lastIndex(of: "/") ?? keyFile.startIndex)])
    }

    /// Where the key file goes unless another is named.
    var keyFile: String { path + "/root.key" }
    /// Where the passphrase's salt and cost go.
    var passphraseFile: String { path + "/root.passphrase" }
    /// Where keyring, escrow and ledger go.
    var keyringDirectory: String { path + "/keyring" }

    private static func defaultPath(for state: String) -> String {
        state == "/var/lib/aitta" ? "/etc/aitta/keys" : state + ".keys"
    }

    private static func make(_ directory: String) throws {
        var parents: [String] = []
        var path = directory
        while !path.isEmpty, access(path, F_OK) != 0 {
            parents.append(path)
            path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        }
        for parent in parents.reversed() {
            guard mkdir(parent, 0o700) == 0 else {
                throw Failure(
                    "can't make the key directory \(parent): \(String(cString: strerror(errno)))",
                    hint: "name another place with --key-file or --key-directory")
            }
        }
    }
}

/// The path from the root, without a slash at its end.
func absolute(_ path: String) throws -> String {
    var path = path
    if !path.hasPrefix("/") {
        guard let current = getcwd(nil, 0) else { throw Failure("no current directory") }
        defer { free(current) }
        path = String(cString: current) + "/" + path
    }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
}
