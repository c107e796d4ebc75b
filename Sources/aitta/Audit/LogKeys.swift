import Verification

/// The key of a vault's log that somebody trusts, and those that follow it by the key history.
struct LogKeys: Sendable {
    /// The oldest first.
    let all: [VerifierKey]
    /// Signs the log now, as far as is known.
    let newest: VerifierKey

    /// A key that none follows.
    init(_ key: VerifierKey) {
        all = [key]
        newest = key
    }

    /// A key, and those to which a history leads from it: each under the name of the log.
    ///
    /// - Throws: For the history of another vault than the log's.
    init(_ key: VerifierKey, history: KeyHistory?) throws {
        if let vault = history?.vault, !key.name.isLog(ofVault: vault) {
            throw Failure.foreignHistory(vault: vault)
        }
        let successors = (history?.successors(ofLogKey: key.publicKey) ?? []).map {
            VerifierKey(name: key.name, publicKey: $0.log)
        }
        all = [key] + successors
        newest = successors.last ?? key
    }

    /// The key of this text form, if it is one of them.
    subscript(text: String) -> VerifierKey? { all.first { $0.text == text } }
}

extension Failure {
    /// A history that leads from one vault's keys is none for another's.
    static func foreignHistory(vault: String) -> Failure {
        Failure(
            "the key history is another vault's: \(vault.printable)",
            hint: "aitta --json keys history, asked of this vault, gives the right one")
    }
}
