import KeyManagement

extension RootKeySource {
    /// For people.
    var text: String {
        switch self {
        case .keyFile(let path): path
        case .passphrase(let path): "a passphrase, hashed as \(path) says"
        case .credential(let name): "the systemd credential \(name)"
        }
    }
}
