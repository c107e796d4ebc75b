import Cryptography
import Testing

@Suite struct SigningTests {
    /// RFC 8032, 7.1, tests 1 and 2: the seeds and public keys.
    @Test func publicKeysAgreeWithTheStandard() throws {
        let seed: [UInt8] = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec,
            0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03,
            0x1c, 0xae, 0x7f, 0x60,
        ]
        let key = try SigningKey(seed: secret(seed))
        #expect(
            hex(key.publicKey.bytes)
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        #expect(hex(key.sign([])).hasPrefix("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873"))
    }

    @Test func verifiesWhatItSigned() throws {
        try startSodium()
        let key = try SigningKey(seed: SecretBytes(random: 32))
        let message = Array("certificate".utf8)
        let signature = key.sign(message)
        #expect(signature == message.withUnsafeBytes { key.sign($0) })
        #expect(key.publicKey.isValidSignature(signature, for: message))
        #expect(!key.publicKey.isValidSignature(signature, for: message + [0]))
        #expect(!key.publicKey.isValidSignature(Array(signature.dropLast()), for: message))
        #expect(!key.publicKey.isValidSignature([], for: message))
        let other = try SigningKey(seed: SecretBytes(random: 32))
        #expect(!other.publicKey.isValidSignature(signature, for: message))
    }

    @Test func everyFlippedBitIsRefused() throws {
        try startSodium()
        let key = try SigningKey(seed: SecretBytes(random: 32))
        var signature = key.sign([1, 2, 3])
        for bit in 0..<signature.count * 8 {
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValidSignature(signature, for: [1, 2, 3]))
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        #expect(key.publicKey.isValidSignature(signature, for: [1, 2, 3]))
    }

    @Test func keysReadBack() throws {
        try startSodium()
        let key = try SigningKey(seed: SecretBytes(random: 32)).publicKey
        #expect(try PublicKey(key.bytes) == key)
        #expect(failure { try PublicKey([1, 2]) } == .invalidKeyLength)
        #expect(failure { try SigningKey(seed: SecretBytes(random: 31)) } == .invalidKeyLength)
    }
}
