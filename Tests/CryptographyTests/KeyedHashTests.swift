import Testing

@testable import Cryptography

@Suite struct KeyedHashTests {
    /// BLAKE2 reference test vectors (blake2b keyed, key 00…3f), inputs of 0 and 1 bytes.
    @Test func agreesWithTheReference() throws {
        let key = try secret(Array(0..<64))
        let ofNothing = try KeyedHash.hash([], key: key, count: 64)
        #expect(hex(ofNothing).hasPrefix("10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f028"))
        let ofZero = try KeyedHash.hash([0], key: key, count: 64)
        #expect(hex(ofZero).hasPrefix("961f6dd1e4dd30f63901690c512e78e4b45e4742ed197c3c5e45"))
    }

    @Test func formsAgree() throws {
        try startSodium()
        let key = try SecretBytes(random: 32)
        let message = Array("message".utf8)
        let short = try KeyedHash.hash(message, key: key, count: 16)
        let digest = try message.withUnsafeBytes { try KeyedHash.digest16($0, key: key) }
        #expect(digest.bytes == short)
        let number = try message.withUnsafeBytes { try KeyedHash.uint64($0, key: key) }
        #expect(number == short.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })

        var hasher = try KeyedHasher(key: key, count: 16)
        hasher.update(Array(message.prefix(3)))
        hasher.update(Array(message.dropFirst(3)))
        #expect(try hasher.finalize16() == digest)

        var written = [UInt8](repeating: 0, count: 16)
        try message.withUnsafeBytes { source in
            try written.withUnsafeMutableBytes { try KeyedHash.hash(source, key: key, into: $0) }
        }
        #expect(written == short)
    }

    @Test func partsCannotBeRegrouped() throws {
        try startSodium()
        let key = try SecretBytes(random: 32)
        func digest(_ parts: String...) throws -> [UInt8] {
            var hasher = try KeyedHasher(key: key)
            for part in parts { hasher.update(part: part) }
            return hasher.finalize()
        }
        #expect(try digest("ab", "c") != digest("a", "bc"))
        #expect(try digest("ab", "c") == digest("ab", "c"))
        #expect(try digest("ab", "c") == KeyedHash.hash(bound(to: "ab", "c").bytes, key: key))
    }

    @Test func subkeysDifferByContextKeyAndLength() throws {
        try startSodium()
        let key = try SecretBytes(random: 32)
        let wrap = try KeyedHash.deriveSubkey(from: key, context: "wrap")
        #expect(wrap.count == 32)
        let again = try KeyedHash.deriveSubkey(from: key, context: "wrap")
        #expect(exposed(wrap) == exposed(again))
        let forMAC = try KeyedHash.deriveSubkey(from: key, context: "mac")
        #expect(exposed(wrap) != exposed(forMAC))
        let other = try SecretBytes(random: 32)
        let ofAnother = try KeyedHash.deriveSubkey(from: other, context: "wrap")
        #expect(exposed(wrap) != exposed(ofAnother))
        let long = try KeyedHash.deriveSubkey(from: key, context: "wrap", count: 64)
        #expect(exposed(wrap) != Array(exposed(long).prefix(32)))
    }

    @Test func everyFlippedBitOfATagIsRefused() throws {
        try startSodium()
        let key = try SecretBytes(random: 32)
        let message = Array("entry".utf8)
        var tag = try KeyedHash.hash(message, key: key)
        func isValid(_ tag: [UInt8]) throws -> Bool {
            try tag.withUnsafeBytes { tag in
                try message.withUnsafeBytes { try KeyedHash.isValid(tag, for: $0, key: key) }
            }
        }
        #expect(try isValid(tag))
        for bit in 0..<tag.count * 8 {
            tag[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !isValid(tag))
            tag[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        #expect(try !isValid(Array(tag.prefix(16))), "no prefix of a tag is a tag")
        #expect(try !isValid([]))
    }

    @Test func lengthsAreChecked() throws {
        try startSodium()
        let key = try SecretBytes(random: 32)
        let short = try SecretBytes(random: 15)
        #expect(failure { try KeyedHash.hash([], key: short) } == .invalidKeyLength)
        #expect(failure { try KeyedHash.hash([], key: key, count: 15) } == .invalidDigestLength)
        #expect(failure { try KeyedHash.hash([], key: key, count: 65) } == .invalidDigestLength)
        #expect(failure { try KeyedHasher(key: key).finalize16() } == .invalidDigestLength)
    }
}
