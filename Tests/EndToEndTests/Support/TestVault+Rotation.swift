import StrictJSON
import Testing

extension TestVault {
    /// The command that asks for a rotation of the epoch.
    var rotateCommand: [String] { rotateCommand("{}") }

    /// The command that asks for a deep rotation.
    var rotateDeepCommand: [String] { rotateCommand(#"{"deep":true}"#) }

    private func rotateCommand(_ body: String) -> [String] {
        [
            "curl", "-sS", "--fail-with-body", "--unix-socket", socket, "-X", "POST",
            "-H", "Content-Type: application/json", "-d", body, "http://vault/v1/keys/rotation",
        ]
    }

    /// Begins a rotation of the epoch; it may be cut off.
    func beginRotation() throws -> ChildProcess {
        try ChildProcess(
            rotateCommand, output: scratch.path + "/rotate.out",
            error: scratch.path + "/rotate.err")
    }

    /// Rotates the epoch, and waits until no older key is left.
    func rotate() throws {
        let current = try epochs
        let before = try #require(current.last)
        let isOver = try Poll.until(atMostSeconds: 60) {
            // One that is being ended takes no further one on: it is asked again.
            let run = try Command.run(rotateCommand)
            try #require(run.status == 0, "\(run.output) \(run.error)")
            let now = try epochs
            return now.count == 1 && now[0] > before
        }
        try #require(isOver, "the rotation does not become final")
    }

    /// The epochs of the KEKs in the keyring.
    var epochs: [Int64] {
        get throws { try OpenedFiles(self).json["epochs"]?.items?.compactMap(\.integer) ?? [] }
    }

    /// Whether an erasure is final.
    func isFinal(_ id: String) throws -> Bool {
        let answer = try connect().ask("GET", "/v1/records/\(id)/erasure")
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["items"]?.items?.contains { $0["final"]?.flag == true } ?? false
    }
}
