import Glibc
import Yams

/// The settings file as it is written, to find in it what no setting reads: the configuration
/// library passes over keys that nobody asks for.
struct SettingsFile {
    private let keys: [(key: String, shape: SettingsReader.Shape)]

    private static let maximumBytes = 1 << 20
    private static let hint = "see aitta.example.yaml"

    /// Whether it sets nothing.
    var isEmpty: Bool { keys.isEmpty }

    /// Reads the file. It must not be writable by others, since it decides what is strict.
    init(_ path: String) throws(SettingsError) {
        let text = try Self.read(path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw SettingsError("the settings file is not valid YAML", hint: Self.hint)
        }
        // Nothing, or comments alone: every setting has its default.
        guard let node else {
            keys = []
            return
        }
        guard let mapping = node.mapping else {
            throw SettingsError("the settings file holds no keys", hint: Self.hint)
        }
        keys = try Self.keys(in: mapping, under: "")
    }

    /// Refuses keys that there are not, and values of the wrong shape.
    func check(_ known: [String: SettingsReader.Shape]) throws(SettingsError) {
        for (key, shape) in keys {
            guard let expected = known[key] else {
                throw SettingsError("there is no setting " + key, hint: Self.hint)
            }
            guard shape == expected else {
                throw SettingsError(key, takes: expected == .list ? "a list" : "one value")
            }
        }
    }

    private static func keys(
        in mapping: Node.Mapping, under prefix: String
    ) throws(SettingsError) -> [(key: String, shape: SettingsReader.Shape)] {
        var found: [(key: String, shape: SettingsReader.Shape)] = []
        for (name, value) in mapping {
            guard let name = name.string else {
                throw SettingsError("a key of the settings file is no text")
            }
            switch value {
            case .mapping(let inner): found += try keys(in: inner, under: prefix + name + ".")
            case .sequence: found.append((prefix + name, .list))
            default: found.append((prefix + name, .scalar))
            }
        }
        return found
    }

    private static func read(_ path: String) throws(SettingsError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else {
            throw SettingsError(
                "the settings file can't be read: " + String(cString: strerror(errno)),
                hint: "name it with --config, or put it there")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= maximumBytes
        else { throw SettingsError("the settings file must be a file of at most 1 MiB") }
        guard status.st_mode & 0o022 == 0, [0, geteuid()].contains(status.st_uid) else {
            throw SettingsError(
                "the settings file can be changed by others",
                hint: "chown root and chmod go-w the file")
        }
        let count = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Glibc.read(file, buffer.baseAddress, count))
        }
        guard bytes.count == count, let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError("the settings file is not UTF-8")
        }
        return text
    }
}
