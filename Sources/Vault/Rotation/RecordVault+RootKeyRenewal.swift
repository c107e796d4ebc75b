import KeyManagement

extension RecordVault {
    /// What a rotation waits for where a person has to give the new root key.
    static var rootKeyPlace: String { "root-key" }

    /// The keyring that a deep rotation ends with is sealed by a root key that the one before it was not: a new
    /// key file beside the old one, or what a person gives meanwhile.
    func renewRootKey() async throws(RotationStop) {
        try enter(.renewRootKey)
        guard !keyring.isRootKeyNew else { return }
        guard let note = configuration.rootKeyNote else {
            throw .failed(VaultError(.notReady, detail: "this vault can't write its keyring"))
        }
        guard case .keyFile = note.source else { throw .waiting([Self.rootKeyPlace]) }
        do throws(VaultError) {
            try await replaceRootKey(
                by: .keyFile(path: Self.keyFileName(keyring.generation + 1, clock.nowSeconds)),
                .current, requestID: "rotation")
        } catch {
            throw .failed(error)
        }
    }

    /// A change that was cut off may have left a file of the generation.
    private static func keyFileName(_ generation: UInt64, _ nowSeconds: Int64) -> String {
        "root-\(generation)-\(nowSeconds).key"
    }
}
