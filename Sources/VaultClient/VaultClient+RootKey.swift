public import Cryptography
import NIOCore
import NIOHTTP1
public import StrictJSON
import VaultAPI

extension VaultClient {
    /// Opens a vault that waits for its passphrase; for the daemon's own user and root.
    ///
    /// - Throws: a problem: `wrong_passphrase`, `too_many_attempts`, `conflict` where the vault is open.
    public func unseal(_ passphrase: borrowing SecretBytes) async throws(VaultClientError) {
        _ = try await send(passphrase, to: APIPath.unseal)
    }

    /// Takes the vault's root key from elsewhere from now on.
    ///
    /// - Parameter source: `{"type":"key-file","path"}` or `{"type":"credential","name"}`.
    /// - Returns: `{"keyringGeneration","rootKeySource","formerRootKeySource","replicasOutOfReach"}`.
    public func changeRootKey(to source: JSONValue) async throws(VaultClientError) -> JSONValue {
        try await json(
            Exchange(
                method: .POST, path: APIPath.rootKey, body: source.encoded(), isRepeatable: false))
    }

    /// Takes the vault's root key from a passphrase from now on; the answer is that of the other sources.
    public func changeRootKey(
        toPassphrase passphrase: borrowing SecretBytes
    ) async throws(VaultClientError) -> JSONValue {
        try await send(passphrase, to: APIPath.rootKey).json(limit: configuration.responseBytes)
    }

    /// Sends a passphrase as a body that is wiped once it is answered.
    func send(
        _ passphrase: borrowing SecretBytes, to path: String
    ) async throws(VaultClientError) -> Answer {
        let body = passphrase.withUnsafeBytes { ByteBuffer(bytes: $0) }
        let exchange = Exchange(
            method: .POST, path: path, secret: body, contentType: APIMediaType.octetStream,
            isRepeatable: false)
        let outcome: Result<Answer, VaultClientError>
        do throws(VaultClientError) {
            outcome = .success(try await answer(exchange))
        } catch {
            outcome = .failure(error)
        }
        body.withUnsafeReadableBytes { Wiping.wipe(UnsafeMutableRawBufferPointer(mutating: $0)) }
        return try outcome.get()
    }
}
