import StrictJSON
import Testing
import Verification

@testable import aitta

@Suite struct EntryProofTests {
    private let log: LogFixture
    private let stated: StatedCheckpoint

    init() throws {
        log = try LogFixture(count: 20)
        stated = try StatedCheckpoint(log.stated(), keys: LogKeys(log.verifier))
    }

    private func answer(_ number: Int) throws -> JSONValue {
        .object([
            log.hash(number),
            try log.hashes(.inclusion(of: UInt64(number) - 1, size: stated.head.size)),
        ])
    }

    @Test(arguments: 1...20)
    func provesEveryEntry(number: Int) throws {
        let proof = try EntryProof(
            number: UInt64(number), item: log.item(number), proof: answer(number),
            stated: stated)
        // What is printed is all that someone else needs.
        let read = try LogInclusion(JSONParser.parse(proof.json.encoded()))
        #expect(try read.verify(by: log.verifier) == stated.checkpoint)
        #expect(proof.pairs.contains { $0 == ("size", "20") })
        let gone = try EntryProof(
            number: UInt64(number), item: log.expired(number), proof: answer(number),
            stated: stated)
        #expect(gone.json["leaf"] == nil)
        #expect(gone.json["leafHash"] == log.hash(number).value)
    }

    @Test func refusesEverythingElse() throws {
        let cases: [(UInt64, JSONValue?, JSONValue)] = [
            (7, nil, try answer(7)),
            (7, log.item(8), try answer(7)),
            (7, log.item(7), try answer(8)),
            (8, log.item(8), try answer(7)),
            (7, log.item(7), .object([log.hash(7)])),
            (7, log.item(7), .object([])),
            (7, log.damaged(7, bytes: [1]), try answer(7)),
            (7, log.item(7, [JSONMember("uid", .number("0"))]), try answer(7)),
            (7, .object([JSONMember("number", .number("7"))]), try answer(7)),
        ]
        for (number, item, proof) in cases {
            #expect(throws: Failure.self, "\(number), \(String(describing: item))") {
                try EntryProof(number: number, item: item, proof: proof, stated: stated)
            }
        }
    }
}
