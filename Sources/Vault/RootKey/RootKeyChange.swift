import Dispatch
public import KeyManagement

/// A change of where the root key comes from, step by step. After each of them, whatever ends the process,
/// one of the two sources opens the keyring, and the note names it.
public struct RootKeyChange: Sendable {
    /// The steps in their order.
    public enum Step: String, Sendable, CaseIterable {
        /// Make the new source: a key file, a passphrase file.
        case makeSource = "make-source"
        /// Name it beside the present one.
        case announceSource = "announce-source"
        /// Seal the keyring by the new key, as the next generation, and the escrow; read them back.
        case writeKeyring = "write-keyring"
        /// Write it to every replica within reach.
        case writeReplicas = "write-replicas"
        /// Tell ledger and log.
        case noteGeneration = "note-generation"
        /// Name the new source alone.
        case settleSource = "settle-source"
    }

    /// The keyring's generation.
    public let generation: UInt64
    /// Where the root key comes from now.
    public let source: RootKeySource
    /// Where it came from.
    public let former: RootKeySource
    /// The replicas of the keyring that hold the former one still; they get this one once they can be written.
    public let replicasOutOfReach: [String]
}

/// Why a change came to nothing, or to nothing that is known.
struct RootKeyChangeFailure: Error {
    let error: KeyError
    /// Whether the keyring may be either of the two.
    let isUnknown: Bool
}

extension RecordVault {
    /// Steps 1 to 4, which wait for Argon2 and the disk.
    func sealKeyring(
        by new: NewRootKey, storage: KeyStorage, note: any RootKeyNote
    ) async -> Result<RootKeyChange, RootKeyChangeFailure> {
        let (present, now) = (keyring, clock.nowSeconds)
        let reached = configuration.onRootKeyStep
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [keys] in
                var isUnknown = false
                do throws(KeyError) {
                    let former = note.source
                    // A deep rotation asks for one that was not there before.
                    let keyring = present.renumbered(
                        nowSeconds: now,
                        isRootKeyNew: try !new.isSecret(of: storage.rootKey, from: former))
                    let (rootKey, source) = try storage.keyrings.make(
                        new, forGeneration: keyring.generation)
                    reached(.makeSource)
                    try note.announce(source)
                    reached(.announceSource)
                    isUnknown = true
                    try storage.keyrings.write(keyring, rootKey: rootKey)
                    storage.take(rootKey)
                    keys.renumber(keyring)
                    reached(.writeKeyring)
                    let outOfReach = storage.writeReplicas(keyring)
                    reached(.writeReplicas)
                    continuation.resume(
                        returning: .success(
                            RootKeyChange(
                                generation: keyring.generation, source: source, former: former,
                                replicasOutOfReach: outOfReach)))
                } catch {
                    continuation.resume(
                        returning: .failure(
                            RootKeyChangeFailure(error: error, isUnknown: isUnknown)))
                }
            }
        }
    }

    /// Step 6.
    func settle(_ source: RootKeySource, in note: any RootKeyNote) async -> KeyError? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(KeyError) {
                    try note.settle(source)
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
    }
}
