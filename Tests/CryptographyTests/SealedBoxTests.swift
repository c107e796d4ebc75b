import Cryptography
import Testing

@Suite struct SealedBoxTests {
    @Test(arguments: [0, 32, 4_000])
    func opensWhatWasSealedToIt(count: Int) throws {
        try startSodium()
        let key = try BoxSecretKey()
        let keyring = try SecretBytes(random: count)
        let sealed = try SealedBox.seal(keyring, to: key.publicKey)
        #expect(sealed.count == count + SealedBox.overheadCount)
        let opened = try SealedBox.open(sealed, with: key)
        #expect(exposed(opened) == exposed(keyring))
    }

    @Test func aKeyReadBackOpensToo() throws {
        try startSodium()
        let key = try BoxSecretKey()
        let sealed = try SealedBox.seal(secret([1, 2, 3]), to: BoxPublicKey(key.publicKey.bytes))
        let readBack = try BoxSecretKey(key.copySecret())
        #expect(readBack.publicKey == key.publicKey)
        #expect(exposed(try SealedBox.open(sealed, with: readBack)) == [1, 2, 3])
    }

    @Test func flippedBitsAndOtherKeysAreRefused() throws {
        try startSodium()
        let key = try BoxSecretKey()
        var sealed = try SealedBox.seal(secret([1, 2, 3]), to: key.publicKey)
        for index in sealed.indices {
            sealed[index] ^= 1
            // The curve ignores the top bit of a public key; the lowest bits all count.
            #expect(failure { try SealedBox.open(sealed, with: key) } == .authenticationFailed)
            sealed[index] ^= 1
        }
        #expect(failure { try SealedBox.open(sealed, with: key) } == nil)
        let other = try BoxSecretKey()
        #expect(failure { try SealedBox.open(sealed, with: other) } == .authenticationFailed)
        let short = Array(sealed.prefix(47))
        #expect(failure { try SealedBox.open(short, with: key) } == .authenticationFailed)
    }

    @Test func keysOfOtherLengthsOrSmallOrderAreRefused() throws {
        try startSodium()
        #expect(failure { try BoxSecretKey(SecretBytes(count: 31)) } == .invalidKeyLength)
        #expect(failure { try BoxPublicKey([1]) } == .invalidKeyLength)
        let smallOrder = try BoxPublicKey([UInt8](repeating: 0, count: 32))
        #expect(
            failure { try SealedBox.seal(secret([1]), to: smallOrder) } == .invalidPublicKey)
    }
}
