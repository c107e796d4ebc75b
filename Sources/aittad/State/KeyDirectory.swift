import Glibc
import KeyManagement

/// Where a new vault's keys go: a directory (0700) outside the state directory.
struct KeyDirectory {
    let keyFile: String
    let keyringDirectory: String

    init(keyFile: String?, state: String) throws {
        let keyFile = keyFile ?? Self.defaultKeyFile(for: state)
        let directory = String(keyFile[..<(keyFile.lastIndex(of: "/") ?? keyFile.startIndex)])
        guard !(directory + "/").hasPrefix(state + "/") else {
            throw Failure(
                "the key file lies inside the state directory",
                hint: "a copy of the state directory must open nothing: keep keys elsewhere")
        }
        try Self.make(directory)
        self.keyFile = keyFile
        keyringDirectory = directory + "/keyring"
    }

    /// The root key of the file, made if there is none.
    func rootKey() throws -> RootKey {
        let file = RootKeyFile(path: keyFile)
        return access(keyFile, F_OK) == 0 ? try file.rootKey() : try file.create()
    }

    private static func defaultKeyFile(for state: String) -> String {
        state == "/var/lib/aitta" ? "/etc/aitta/keys/root.key" : state + ".keys/root.key"
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
                    hint: "name another place with --key-file")
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
