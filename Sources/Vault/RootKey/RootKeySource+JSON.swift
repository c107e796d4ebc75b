public import KeyManagement
public import StrictJSON

extension RootKeySource {
    /// Reads what a vault's note says; `nil` for a form that is not known.
    public init?(_ json: JSONValue) {
        switch json["type"]?.text {
        case "key-file":
            guard let path = json["path"]?.text else { return nil }
            self = .keyFile(path: path)
        case "passphrase":
            guard let path = json["path"]?.text else { return nil }
            self = .passphrase(path: path)
        case "credential":
            guard let name = json["name"]?.text else { return nil }
            self = .credential(name: name)
        default: return nil
        }
    }

    /// As it stands in a vault's note, and in answers.
    public var json: JSONValue {
        let (type, member, value) =
            switch self {
            case .keyFile(let path): ("key-file", "path", path)
            case .passphrase(let path): ("passphrase", "path", path)
            case .credential(let name): ("credential", "name", name)
            }
        return .object([JSONMember("type", .string(type)), JSONMember(member, .string(value))])
    }
}

extension RootKeyChange {
    /// The answer to whoever asked for it.
    public var json: JSONValue {
        .object([
            JSONMember("keyringGeneration", .number(String(generation))),
            JSONMember("rootKeySource", source.json),
            JSONMember("formerRootKeySource", former.json),
            JSONMember(
                "replicasOutOfReach", .array(replicasOutOfReach.map(JSONValue.string))),
        ])
    }
}
