import KeyManagement
import Synchronization
import Vault

/// The note of a state directory, where a running vault changes the source of its root key.
final class VaultNote: RootKeyNote {
    private let directory: StateDirectory
    private let note: Mutex<StateDirectory.Note>

    /// - Parameter source: The one that opened the keyring.
    init(_ note: StateDirectory.Note, source: RootKeySource, in directory: StateDirectory) {
        var note = note
        note.rootKeySources = RootKeySources(current: source)
        self.directory = directory
        self.note = Mutex(note)
    }

    var source: RootKeySource { note.withLock { $0.rootKeySources.current } }

    func announce(_ next: RootKeySource) throws(KeyError) {
        try write(RootKeySources(current: source, pending: next))
    }

    func settle(_ source: RootKeySource) throws(KeyError) {
        try write(RootKeySources(current: source))
    }

    private func write(_ sources: RootKeySources) throws(KeyError) {
        let outcome: Result<Void, KeyError> = note.withLock { note in
            var next = note
            next.rootKeySources = sources
            do {
                try directory.write(next)
            } catch {
                return .failure(KeyError(.notWritable, at: "vault.json"))
            }
            note = next
            return .success(())
        }
        try outcome.get()
    }
}
