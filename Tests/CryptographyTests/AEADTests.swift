import Testing

@testable import Cryptography

@Suite struct AEADTests {
    private let data = bound(to: "record", "contact")

    @Test(arguments: [0, 1, 31, 64, 5_000])
    func opensWhatItSealed(count: Int) throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        let plaintext = try SecureRandom.bytes(count: count)
        let sealed = try AEAD.seal(plaintext, associatedData: data, key: key)
        #expect(sealed.count == count + AEAD.overheadCount)
        #expect(try AEAD.open(sealed, associatedData: data, key: key) == plaintext)
        #expect(exposed(try AEAD.openSecret(sealed, associatedData: data, key: key)) == plaintext)
    }

    @Test func sealsSecretsAsBytes() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        let inner = try SecretBytes(random: 32)
        let sealed = try AEAD.sealSecret(inner, associatedData: data, key: key)
        let opened = try AEAD.openSecret(sealed, associatedData: data, key: key)
        #expect(exposed(opened) == exposed(inner))
    }

    @Test func nonceIsFreshEachTime() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        var nonces: Set<[UInt8]> = []
        for _ in 0..<1_000 {
            nonces.insert(
                Array(try AEAD.seal([1, 2, 3], associatedData: data, key: key).prefix(24)))
        }
        #expect(nonces.count == 1_000)
    }

    @Test func everyFlippedBitIsRefused() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        var sealed = try AEAD.seal(Array(0..<64), associatedData: data, key: key)
        for index in sealed.indices {
            for bit in 0..<8 {
                sealed[index] ^= 1 << UInt8(bit)
                #expect(opening(sealed, data, key) == .authenticationFailed)
                sealed[index] ^= 1 << UInt8(bit)
            }
        }
        #expect(opening(sealed, data, key) == nil, "unaltered, it opens")
    }

    @Test func everyTruncationIsRefused() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        let sealed = try AEAD.seal(Array(0..<64), associatedData: data, key: key)
        for count in 0..<sealed.count {
            #expect(opening(Array(sealed.prefix(count)), data, key) == .authenticationFailed)
        }
        #expect(opening(sealed + [0], data, key) == .authenticationFailed)
    }

    @Test func anotherKeyOrPlaceIsRefusedAlike() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        let sealed = try AEAD.seal([1, 2, 3], associatedData: data, key: key)
        let other = try SecretBytes(random: AEAD.keyCount)
        #expect(opening(sealed, data, other) == .authenticationFailed)
        #expect(opening(sealed, bound(to: "record", "billing"), key) == .authenticationFailed)
        #expect(opening(sealed, bound(to: "recordcontact"), key) == .authenticationFailed)
        #expect(opening(sealed, AssociatedData(), key) == .authenticationFailed)
    }

    @Test func keysOfOtherLengthsAreRefused() throws {
        try startSodium()
        let short = try SecretBytes(random: 31)
        let sealed = [UInt8](repeating: 0, count: 64)
        #expect(opening(sealed, data, short) == .invalidKeyLength)
        #expect(
            failure { try AEAD.seal([1], associatedData: data, key: short) } == .invalidKeyLength)
    }

    @Test func appendingKeepsWhatWasThere() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        let plaintext: [UInt8] = [1, 2, 3]
        var output: [UInt8] = [9, 9]
        try plaintext.withUnsafeBytes {
            try AEAD.seal($0, associatedData: data, key: key, appendingTo: &output)
        }
        #expect(Array(output.prefix(2)) == [9, 9])

        var opened: [UInt8] = [7]
        var sealed = Array(output.dropFirst(2))
        try sealed.withUnsafeBytes {
            try AEAD.open($0, associatedData: data, key: key, appendingTo: &opened)
        }
        #expect(opened == [7, 1, 2, 3])

        sealed[30] ^= 1
        let refused = failure {
            try sealed.withUnsafeBytes {
                try AEAD.open($0, associatedData: data, key: key, appendingTo: &opened)
            }
        }
        #expect(refused == .authenticationFailed)
        #expect(opened == [7, 1, 2, 3])
    }

    @Test func refusedPlaintextIsNowhere() throws {
        try startSodium()
        let key = try SecretBytes(random: AEAD.keyCount)
        let plaintext = [UInt8](repeating: 0xC5, count: 64)
        var sealed = try AEAD.seal(plaintext, associatedData: AssociatedData(), key: key)
        #expect(decrypted(sealed, key).contains(0xC5), "unaltered, the plaintext shows")
        sealed[sealed.count - 1] ^= 1
        #expect(!decrypted(sealed, key).contains(0xC5))
    }

    private func decrypted(_ sealed: [UInt8], _ key: borrowing SecretBytes) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: sealed.count - AEAD.overheadCount)
        _ = target.withUnsafeMutableBytes { target in
            sealed.withUnsafeBytes {
                AEAD.decrypt(
                    $0, associatedData: UnsafeRawBufferPointer(start: nil, count: 0),
                    key: key.pointer, into: target)
            }
        }
        return target
    }

    private func opening(
        _ sealed: [UInt8], _ data: AssociatedData, _ key: borrowing SecretBytes
    ) -> CryptographyError? {
        do throws(CryptographyError) {
            _ = try AEAD.open(sealed, associatedData: data, key: key)
            _ = try AEAD.openSecret(sealed, associatedData: data, key: key)
            return nil
        } catch {
            return error
        }
    }
}
