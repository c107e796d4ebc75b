import Cryptography
import Testing

/// Wycheproof, every vector of the file.
@Suite struct SignatureVectorTests {
    struct File: Decodable {
        let numberOfTests: Int
        let testGroups: [Group]
    }
    struct Group: Decodable {
        struct Key: Decodable { let pk: Hex }
        let publicKey: Key
        let tests: [Case]
    }
    struct Case: Decodable {
        let tcId: Int
        let msg: Hex
        let sig: Hex
        let result: String
    }

    @Test func ed25519() throws {
        guard let file = try Vectors.load("ed25519_test.json", as: File.self) else { return }
        var counts = (valid: 0, invalid: 0, acceptable: 0)
        for group in file.testGroups {
            let key = try PublicKey(group.publicKey.pk.bytes)
            for vector in group.tests {
                let isAccepted = key.isValidSignature(vector.sig.bytes, for: vector.msg.bytes)
                switch vector.result {
                case "valid":
                    #expect(isAccepted, "vector \(vector.tcId)")
                    counts.valid += 1
                case "invalid":
                    #expect(!isAccepted, "vector \(vector.tcId)")
                    counts.invalid += 1
                default:
                    // The file leaves these to the implementation.
                    counts.acceptable += 1
                }
            }
        }
        let checked = counts.valid + counts.invalid + counts.acceptable
        #expect(checked == file.numberOfTests)
        #expect(counts.valid > 0 && counts.invalid > 0)
        print("ed25519_test.json: \(checked) vectors read, \(counts)")
    }
}
