import Cryptography
import StrictJSON
import Testing
import Verification

@Suite struct LogInclusionTests {
    private let fixture: CertificateLog
    private let proof: LogInclusion

    init() throws {
        fixture = try CertificateLog()
        proof = try fixture.proof(of: fixture.entry)
    }

    private func error(
        _ proof: LogInclusion, of certificate: JSONValue? = nil, key: VerifierKey? = nil
    ) -> LogInclusionError? {
        do throws(LogInclusionError) {
            try proof.verify(certificate ?? fixture.certificate, by: key ?? fixture.log.verifier)
            return nil
        } catch {
            return error
        }
    }

    /// The proof with some parts replaced.
    private func altered(
        number: UInt64? = nil, leaf: [UInt8]? = nil, note: [UInt8]? = nil, key: String? = nil,
        hashes: [Digest32]? = nil
    ) -> LogInclusion {
        LogInclusion(
            number: number ?? proof.number, leaf: leaf ?? proof.leaf, note: note ?? proof.note,
            verifierKey: key ?? proof.verifierKey, hashes: hashes ?? proof.hashes)
    }

    @Test func provesTheErasure() throws {
        let whole = fixture.certificate(with: proof.json)
        #expect(ErasureCertificate.isValid(whole, key: fixture.signer.publicKey))
        let read = try JSONParser.parse(whole.encoded())
        let log = try LogInclusion(try #require(read["log"]))
        #expect(log == proof)
        let checkpoint = try log.verify(read, by: fixture.log.verifier)
        #expect(checkpoint.head.size == UInt64(CertificateLog.size))
        #expect(try proof.verify(by: fixture.log.verifier) == checkpoint)
    }

    /// A certificate without proof is what it was before there were any.
    @Test func certificateWithoutProofStaysValid() {
        #expect(ErasureCertificate.isValid(fixture.certificate, key: fixture.signer.publicKey))
        let other = fixture.certificate(with: .string("anything"))
        #expect(ErasureCertificate.isValid(other, key: fixture.signer.publicKey))
        #expect(
            ErasureCertificate.digest(of: other)
                == ErasureCertificate.digest(of: fixture.certificate))
    }

    @Test func everyFlippedBitOfTheLeafIsNoticed() {
        for offset in proof.leaf.indices {
            var leaf = proof.leaf
            leaf[offset] ^= 1 << UInt8(offset % 8)
            #expect(error(altered(leaf: leaf)) == .notIncluded, "byte \(offset)")
        }
    }

    @Test func everyFlippedByteOfTheNoteIsNoticed() {
        for offset in proof.note.indices {
            var note = proof.note
            note[offset] ^= 1
            #expect(error(altered(note: note)) != nil, "byte \(offset)")
        }
    }

    @Test func everyOtherNumberIsNoticed() {
        for number in UInt64(0)...20 where number != proof.number {
            #expect(error(altered(number: number)) == .notIncluded, "\(number)")
        }
    }

    @Test func everyOtherPathIsNoticed() {
        for place in proof.hashes.indices {
            var hashes = proof.hashes
            hashes[place] = SHA256.hash([1])
            #expect(error(altered(hashes: hashes)) == .notIncluded)
            hashes.remove(at: place)
            #expect(error(altered(hashes: hashes)) == .notIncluded)
        }
        let more = proof.hashes + [SHA256.hash([1])]
        #expect(error(altered(hashes: more)) == .notIncluded)
        #expect(error(altered(hashes: Array(proof.hashes.reversed()))) == .notIncluded)
    }

    @Test func otherKeysAreNotTaken() throws {
        let other = try CertificateLog()
        #expect(error(proof, key: other.log.verifier) == .foreignKey)
        let renamed = altered(key: other.log.verifier.text)
        #expect(error(renamed) == .foreignKey)
        #expect(
            error(renamed, key: other.log.verifier) == .checkpoint(.note(.unknownSigner)))
        let foreign = try other.proof(of: fixture.entry)
        #expect(error(altered(note: foreign.note)) == .checkpoint(.note(.unknownSigner)))
    }

    @Test func anotherVaultsLogIsNotTaken() throws {
        let other = try CertificateLog(vault: "0190b7e4-0000-7000-8000-00000000000f")
        let foreign = try other.proof(of: fixture.entry)
        #expect(error(foreign, key: other.log.verifier) == .foreignVault)
    }

    /// A restore gives the log another origin, of the same vault.
    @Test func aRestoredVaultsLogIsTaken() throws {
        for suffix in ["/2", "/17"] {
            let other = try CertificateLog(vault: CertificateLog.vault + suffix)
            let proof = try other.proof(of: fixture.entry)
            #expect(error(proof, key: other.log.verifier) == nil, "\(suffix)")
        }
        for suffix in ["/", "/1", "/02", "/x", "/2/2", "2", "f"] {
            let other = try CertificateLog(vault: CertificateLog.vault + suffix)
            let proof = try other.proof(of: fixture.entry)
            #expect(error(proof, key: other.log.verifier) == .foreignVault, "\(suffix)")
        }
    }

    /// Entries that truly are in the log, and yet not of this certificate.
    @Test func otherEntriesAreNotTaken() throws {
        func error(_ change: (inout EntryBytes) -> Void) throws -> LogInclusionError? {
            var entry = fixture.entry
            change(&entry)
            let proof = try fixture.proof(of: entry)
            try proof.verify(by: fixture.log.verifier)
            return self.error(proof)
        }
        #expect(try error { $0.operation = "read" } == .noErasure)
        #expect(try error { $0.outcome = "not_granted" } == .noErasure)
        #expect(try error { $0.record?[15] ^= 1 } == .otherRecord)
        #expect(try error { $0.record = nil } == .otherRecord)
        #expect(try error { $0.digest?[31] ^= 1 } == .otherCertificate)
        #expect(try error { $0.digest = nil } == .otherCertificate)
        #expect(try error { $0.format = 2 } == .malformedEntry)
        #expect(try error { $0.parts = 0xFF } == .malformedEntry)
        // What else an entry says does not concern the certificate.
        #expect(try error { $0.uid = 0 } == nil)
    }

    @Test func otherCertificatesAreNotTaken() throws {
        let members = try #require(fixture.certificate.members)
        for (place, member) in members.enumerated() where member.name != "signature" {
            var altered = members
            altered[place] = JSONMember(member.name, .string("other"))
            let expected: LogInclusionError =
                switch member.name {
                case "vault": .foreignVault
                case "record": .otherRecord
                default: .otherCertificate
                }
            #expect(error(proof, of: .object(altered)) == expected, "\(member.name)")
            altered.remove(at: place)
            #expect(error(proof, of: .object(altered)) == expected, "\(member.name) removed")
        }
        let more = members + [JSONMember("note", .string("final"))]
        #expect(error(proof, of: .object(more)) == .otherCertificate)
        #expect(error(proof, of: .null) == .foreignVault)
    }

    @Test func otherFormsAreRefused() throws {
        let members = try #require(proof.json.members)
        func refuses(_ members: [JSONMember]) {
            #expect(throws: LogInclusionError.malformed) { try LogInclusion(.object(members)) }
        }
        for place in members.indices {
            var altered = members
            altered[place] = JSONMember(members[place].name, .bool(true))
            refuses(altered)
            altered.remove(at: place)
            refuses(altered)
        }
        refuses(members + [JSONMember("final", .bool(true))])
        func with(_ name: String, _ value: JSONValue) -> [JSONMember] {
            members.map { $0.name == name ? JSONMember(name, value) : $0 }
        }
        refuses(with("number", .number("0")))
        refuses(with("number", .number("-1")))
        refuses(with("number", .number("1.5")))
        refuses(with("leaf", .string("?")))
        refuses(with("hashes", .array([.string("AAAA")])))
        let hash = JSONValue.string(Base64.encode(SHA256.hash([]).bytes))
        refuses(with("hashes", .array(Array(repeating: hash, count: 65))))
        #expect(throws: LogInclusionError.malformed) { try LogInclusion(.null) }
    }
}
