public import Cryptography

/// Hashes the digests of tokens, so that what the access policy keeps of a token is of no use elsewhere
/// (docs/FORMAT.md, "Access policy").
public final class TokenKey: Sendable {
    private let bytes: SecretBytes

    init(bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// A key that a deep rotation has replaced, as the policy keeps it: what it hashed is hashed once more by
    /// its successor, since tokens themselves are known to nobody.
    public init(retired: [UInt8]) throws(KeyError) {
        do throws(CryptographyError) {
            var copy = retired
            bytes = try SecretBytes(wiping: &copy)
        } catch {
            throw KeyError(error, at: "token")
        }
    }

    /// What the policy keeps of it once it is replaced.
    public var retired: [UInt8] { bytes.withUnsafeBytes { Array($0) } }

    /// The keyed hash of a token's digest, or of what an earlier key made of it.
    public func hash(_ digest: Digest32, vault: VaultID) throws(KeyError) -> Digest32 {
        var message = AssociatedData()
        message.append("aitta.token.v1")
        message.append(vault.bytes)
        message.append(digest.bytes)
        return try hash(message)
    }

    /// Tells keys apart; says nothing of them.
    public func name(vault: VaultID) throws(KeyError) -> Digest32 {
        var message = AssociatedData()
        message.append("aitta.token-key-name.v1")
        message.append(vault.bytes)
        return try hash(message)
    }

    private func hash(_ message: AssociatedData) throws(KeyError) -> Digest32 {
        do throws(CryptographyError) {
            guard let hash = Digest32(try KeyedHash.hash(message.bytes, key: bytes)) else {
                throw .invalidDigestLength
            }
            return hash
        } catch {
            throw KeyError(error, at: "token")
        }
    }
}

extension Keyring {
    /// The keys that may hash tokens now: that of before first, and in a deep rotation its successor.
    public func tokenKeys() throws(KeyError) -> [TokenKey] {
        var keys: [TokenKey] = []
        for set in keySets { keys.append(try set.controlKey.tokenKey()) }
        return keys
    }
}
