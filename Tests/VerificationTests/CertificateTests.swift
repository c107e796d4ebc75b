import Cryptography
import StrictJSON
import Testing
import Verification

@Suite final class CertificateTests {
    private let key: SigningKey
    private let document: JSONValue

    init() throws {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        key = try SigningKey(seed: SecretBytes(random: 32))
        let certificate = ErasureCertificate(
            vault: "0190b7e4-0000-7000-8000-000000000001",
            record: "0190b7e4-0000-7000-8000-000000000002", reason: "customer-request",
            erasedAt: "2026-11-22T12:00:00Z", shredded: ["contact", "identity"], keysDestroyed: 2,
            epoch: 1, storage: "file")
        document = try Self.signed(
            certificate.members, by: key, context: ErasureCertificate.context)
    }

    private static func signed(
        _ members: [JSONMember], by key: borrowing SigningKey, context: String
    ) throws -> JSONValue {
        let message = try SignedDocument.message(of: members, context: context)
        return SignedDocument.signed(members, signature: key.sign(message), by: key.publicKey)
    }

    private func isValid(_ document: JSONValue) -> Bool {
        ErasureCertificate.isValid(document, key: key.publicKey)
    }

    @Test func signedCertificateIsValidAlsoWrittenAndRead() throws {
        #expect(isValid(document))
        #expect(isValid(try JSONParser.parse(document.encoded())))
    }

    @Test func orderAndSpacesDontMatter() throws {
        let reversed = JSONValue.object((document.members ?? []).reversed())
        #expect(reversed != document)
        #expect(isValid(reversed))
    }

    @Test func everyAlteredMemberIsNoticed() throws {
        let members = try #require(document.members)
        #expect(members.count == 15)
        for place in members.indices {
            var altered = members
            altered[place] = JSONMember(members[place].name, .string("other"))
            #expect(!isValid(.object(altered)), "\(members[place].name) changed")
            altered = members
            altered.remove(at: place)
            #expect(!isValid(.object(altered)), "\(members[place].name) removed")
        }
        #expect(!isValid(.object(members + [JSONMember("note", .string("final"))])))
        #expect(!isValid(.null))
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let text = document.encoded()
        for offset in text.indices {
            for bit in UInt8(0)..<8 {
                var flipped = text
                flipped[offset] ^= 1 << bit
                guard let parsed = try? JSONParser.parse(flipped) else { continue }
                #expect(!isValid(parsed), "byte \(offset), bit \(bit)")
            }
        }
    }

    /// What stands inside `signature` is not signed, so nothing else may stand there.
    @Test func nothingCanBeAddedToTheSignature() throws {
        let members = try #require(document.members)
        let signature = try #require(document["signature"]?.members)
        let more = signature + [JSONMember("note", .string("final"))]
        let altered = members.map {
            $0.name == "signature" ? JSONMember("signature", .object(more)) : $0
        }
        #expect(!isValid(.object(altered)))
    }

    @Test func anotherKeyContextOrFormatIsNotTaken() throws {
        let other = try SigningKey(seed: SecretBytes(random: 32))
        #expect(!ErasureCertificate.isValid(document, key: other.publicKey))
        let members = (document.members ?? []).filter { $0.name != "signature" }
        let elsewhere = try Self.signed(members, by: key, context: "aitta.other.v1")
        #expect(!isValid(elsewhere))
        let renamed = members.map {
            $0.name == "format" ? JSONMember("format", .string("aitta-other/1")) : $0
        }
        let signed = try Self.signed(renamed, by: key, context: ErasureCertificate.context)
        #expect(!isValid(signed))
        #expect(
            SignedDocument.isValid(
                signed, context: ErasureCertificate.context, key: key.publicKey))
    }
}
