import ArgumentParser
import Glibc
import KeyManagement

/// The replicas of the keyring that the settings name.
struct ReplicaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The settings, for the replicas that they name; default: /etc/aitta/aitta.yaml if it is there.
            """, valueName: "file"))
    var config: String?

    func replicas() async throws -> [KeyringDirectory] {
        let named = try config.map(absolute)
        guard let file = named ?? Settings.defaultFile else { return [] }
        return try await Settings.load(file: file, environment: [:]).keyringReplicas
            .map { KeyringDirectory(path: $0) }
    }

    /// Fails where replicas were out of reach.
    static func check(_ unreachable: [String]) throws {
        guard !unreachable.isEmpty else { return }
        throw Failure(
            "replicas of the keyring are out of reach: \(unreachable.joined(separator: ", "))",
            hint:
                "bring them within reach, or take them out of keyring.replicas; the vault is as it was"
        )
    }
}

extension Settings {
    /// Where the settings are unless another file is named; `nil`: there are none.
    static var defaultFile: String? {
        let path = "/etc/aitta/aitta.yaml"
        return access(path, F_OK) == 0 ? path : nil
    }
}
