import Cryptography
import Testing

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

@Suite struct DigestTests {
    /// FIPS 180-4 examples.
    @Test func sha256AgreesWithTheStandard() {
        let ofABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(hex(SHA256.hash(Array("abc".utf8)).bytes) == ofABC)
        let ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(hex(SHA256.hash([]).bytes) == ofNothing)
    }

    @Test func sha256InPiecesIsTheSame() {
        let message = [UInt8](0..<200)
        for cut in 0...200 {
            var hasher = SHA256()
            hasher.update(Array(message.prefix(cut)))
            hasher.update(Array(message.dropFirst(cut)))
            #expect(hasher.finalize() == SHA256.hash(message))
        }
    }

    @Test func sha256TakesBytesAndDigestsAlone() {
        let digest = SHA256.hash([1])
        var hasher = SHA256()
        hasher.update(7)
        hasher.update(digest)
        #expect(hasher.finalize() == SHA256.hash([7] + digest.bytes))
    }

    @Test func digestsReadBack() {
        let digest = SHA256.hash([1])
        #expect(Digest32(digest.bytes) == digest)
        #expect(Digest32(Array(digest.bytes.dropLast())) == nil)
        #expect(Digest16([UInt8](0..<16))?.bytes == [UInt8](0..<16))
        #expect(Digest16([UInt8](0..<17)) == nil)
    }

    @Test func equalityTakesEveryBit() {
        let bytes = [UInt8](0..<16)
        for bit in 0..<128 {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Digest16(bytes) != Digest16(other))
        }
    }

    @Test func orderIsBytewise() throws {
        var digests: [[UInt8]] = []
        for _ in 0..<200 { digests.append(try SecureRandom.bytes(count: 16)) }
        let sorted = digests.compactMap { Digest16($0) }.sorted().map(\.bytes)
        #expect(sorted == digests.sorted { $0.lexicographicallyPrecedes($1) })
    }
}
