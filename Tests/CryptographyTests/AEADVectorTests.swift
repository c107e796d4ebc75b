import Testing

@testable import Cryptography

/// Wycheproof, every vector of the file.
@Suite struct AEADVectorTests {
    struct File: Decodable {
        let numberOfTests: Int
        let testGroups: [Group]
    }
    struct Group: Decodable {
        let ivSize: Int
        let tests: [Case]
    }
    struct Case: Decodable {
        let tcId: Int
        let key: Hex
        let iv: Hex
        let aad: Hex
        let msg: Hex
        let ct: Hex
        let tag: Hex
        let result: String
    }

    @Test func xchacha20Poly1305() throws {
        guard let file = try Vectors.load("xchacha20_poly1305_test.json", as: File.self) else {
            return
        }
        var counts = (valid: 0, refused: 0, ofOtherNonceLength: 0)
        for group in file.testGroups {
            for vector in group.tests {
                let isValid = vector.result == "valid"
                guard vector.iv.bytes.count == AEAD.nonceCount else {
                    #expect(!isValid, "vector \(vector.tcId)")
                    try expectRefused(vector)
                    counts.ofOtherNonceLength += 1
                    continue
                }
                if isValid {
                    try expectSealsAndOpens(vector)
                    counts.valid += 1
                } else {
                    try expectRefused(vector)
                    counts.refused += 1
                }
            }
        }
        let checked = counts.valid + counts.refused + counts.ofOtherNonceLength
        #expect(checked == file.numberOfTests)
        #expect(counts.valid > 0 && counts.refused > 0)
        print("xchacha20_poly1305_test.json: \(checked) vectors checked, \(counts)")
    }

    private func expectSealsAndOpens(_ vector: Case) throws {
        let key = try secret(vector.key.bytes)
        let expected = vector.iv.bytes + vector.ct.bytes + vector.tag.bytes
        var sealed = vector.iv.bytes + [UInt8](repeating: 0, count: expected.count - 24)
        sealed.withUnsafeMutableBytes { target in
            vector.msg.bytes.withUnsafeBytes { message in
                vector.aad.bytes.withUnsafeBytes { data in
                    AEAD.encrypt(message, associatedData: data, key: key.pointer, into: target)
                }
            }
        }
        #expect(sealed == expected, "vector \(vector.tcId)")
        let opened = decrypt(expected, vector.aad.bytes, key)
        #expect(opened == vector.msg.bytes, "vector \(vector.tcId)")
    }

    private func expectRefused(_ vector: Case) throws {
        let key = try secret(vector.key.bytes)
        let sealed = vector.iv.bytes + vector.ct.bytes + vector.tag.bytes
        #expect(decrypt(sealed, vector.aad.bytes, key) == nil, "vector \(vector.tcId)")
    }

    /// With associated data as it is in the file, which the public functions never take.
    private func decrypt(
        _ sealed: [UInt8], _ associatedData: [UInt8], _ key: borrowing SecretBytes
    ) -> [UInt8]? {
        guard sealed.count >= AEAD.overheadCount else { return nil }
        var opened = [UInt8](repeating: 0, count: sealed.count - AEAD.overheadCount)
        let isAuthentic = opened.withUnsafeMutableBytes { target in
            sealed.withUnsafeBytes { sealed in
                associatedData.withUnsafeBytes { data in
                    AEAD.decrypt(sealed, associatedData: data, key: key.pointer, into: target)
                }
            }
        }
        return isAuthentic ? opened : nil
    }
}
