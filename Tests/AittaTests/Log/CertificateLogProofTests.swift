import StrictJSON
import Testing
import Verification

@testable import aitta

@Suite struct CertificateLogProofTests {
    private let log: LogFixture

    init() throws { log = try LogFixture(count: 5) }

    private func certificate(_ log: JSONValue?) -> JSONValue {
        .object(
            [JSONMember("vault", .string(LogFixture.vault))]
                + (log.map { [JSONMember("log", $0)] } ?? []))
    }

    private func proof() throws -> JSONValue {
        let stated = try StatedCheckpoint(log.stated(), keys: LogKeys(log.verifier))
        let answer = JSONValue.object([
            log.hash(3), try log.hashes(.inclusion(of: 2, size: 5)),
        ])
        return try EntryProof(number: 3, item: log.item(3), proof: answer, stated: stated).json
    }

    @Test func saysWhatItFound() throws {
        let none = try CertificateLogProof(of: certificate(nil), keys: LogKeys(log.verifier))
        #expect(none.text == "no proof: the certificate has none")
        let unchecked = try CertificateLogProof(of: certificate(proof()), keys: nil)
        #expect(unchecked.text == "not verified: give the log's key with --log-key")
        #expect(unchecked.json["proof"]?.text == "unchecked")
    }

    @Test func refusesAnotherEntryAndWhatIsNoProof() throws {
        let failure = #expect(throws: Failure.self) {
            try CertificateLogProof(of: certificate(proof()), keys: LogKeys(log.verifier))
        }
        #expect(failure?.message.hasSuffix(LogInclusionError.noErasure.description) == true)
        #expect(throws: Failure.self) {
            try CertificateLogProof(of: certificate(.string("x")), keys: nil)
        }
    }
}
