import Cryptography
import KeyManagement
import StrictJSON
import Verification

/// By which keys the policy's tokens are hashed.
///
/// Nobody has the tokens but those who present them, so a deep rotation can't hash them anew: it hashes their
/// hashes once more, by the new key, and keeps the key before, as long as any of them lives. Kept so it is no
/// secret: what opens the policy has every token's hash beside it.
struct TokenHashing: Sendable, Equatable {
    /// The name of the key that hashes last; `nil` before the first deep rotation.
    var keyName: Digest32?
    /// The keys that hashed before it, oldest first.
    var retired: [[UInt8]] = []
}

extension AccessPolicy {
    /// What a token may be known by, whenever it was made.
    func hashes(of digest: Digest32, keyring: Keyring) throws(KeyError) -> Set<Digest32> {
        let key = try tokenKey(in: keyring)
        var hashes: Set<Digest32> = []
        for first in Set(tokenHashing.retired.isEmpty ? [0] : tokens.map(\.firstKey)) {
            var hash = digest
            for bytes in tokenHashing.retired.dropFirst(first) {
                hash = try TokenKey(retired: bytes).hash(hash, vault: keyring.vault)
            }
            hashes.insert(try key.hash(hash, vault: keyring.vault))
        }
        return hashes
    }

    /// The hash of a token that is made now.
    func hash(ofNewToken digest: Digest32, keyring: Keyring) throws(KeyError) -> Digest32 {
        try tokenKey(in: keyring).hash(digest, vault: keyring.vault)
    }

    /// The next version, with all tokens hashed once more by the keyring's newest key.
    func rehashingTokens(keyring: Keyring) throws(KeyError) -> AccessPolicy {
        let old = try tokenKey(in: keyring)
        let keys = try keyring.tokenKeys()
        let new = keys[keys.count - 1]
        let name = try new.name(vault: keyring.vault)
        guard tokenHashing.keyName != name else { return next() }
        let unused = tokens.map(\.firstKey).min() ?? tokenHashing.retired.count
        var rehashed: [AccessToken] = []
        for token in tokens {
            rehashed.append(
                token.hashed(
                    try new.hash(token.hash, vault: keyring.vault),
                    firstKey: token.firstKey - unused))
        }
        return next(
            tokens: rehashed,
            tokenHashing: TokenHashing(
                keyName: name,
                retired: tokens.isEmpty
                    ? [] : tokenHashing.retired.dropFirst(unused) + [old.retired]))
    }

    private func tokenKey(in keyring: Keyring) throws(KeyError) -> TokenKey {
        let keys = try keyring.tokenKeys()
        guard let name = tokenHashing.keyName else { return keys[0] }
        for key in keys where try key.name(vault: keyring.vault) == name { return key }
        throw KeyError(.stateDamaged, at: "policy: key of tokens")
    }
}

extension TokenHashing {
    private static let maximumRetired = 1000

    var members: [JSONMember] {
        guard let keyName else { return [] }
        return [
            JSONMember("tokenKey", .string(Base64.encode(keyName.bytes))),
            JSONMember(
                "retiredTokenKeys", .array(retired.map { .string(Base64.encode($0)) })),
        ]
    }

    /// Reads the members of a policy; `nil` if they are not as they are written.
    init?(_ policy: JSONValue) {
        guard let name = policy["tokenKey"] else {
            guard policy["retiredTokenKeys"] == nil else { return nil }
            self.init()
            return
        }
        guard let name = name.text.flatMap(Base64.decode).flatMap({ Digest32($0) }),
            let items = policy["retiredTokenKeys"]?.items, items.count <= Self.maximumRetired
        else { return nil }
        let retired = items.compactMap { $0.text.flatMap(Base64.decode) }
        guard retired.count == items.count, retired.allSatisfy({ $0.count == 32 }) else {
            return nil
        }
        self.init(keyName: name, retired: retired)
    }
}
