import Cryptography
import StrictJSON
import Testing
import Verification

@testable import aitta

@Suite struct StatedCheckpointTests {
    private let log: LogFixture

    init() throws { log = try LogFixture(count: 20) }

    @Test func takesTheKeyThatIsGivenOrItsOwn() throws {
        #expect(
            try StatedCheckpoint(log.stated(), keys: LogKeys(log.verifier)).isKeyItsOwn == false)
        let own = try StatedCheckpoint(log.stated(), keys: nil)
        #expect(own.isKeyItsOwn)
        #expect(own.key == log.verifier)
        let other = try LogFixture(count: 0)
        #expect(throws: Failure.self) {
            try StatedCheckpoint(log.stated(), keys: LogKeys(other.verifier))
        }
    }

    @Test func everyMemberMustAgree() throws {
        let members = try #require(try log.stated().members)
        let others = try #require(try log.stated(log.head(19)).members)
        for place in members.indices where members[place].name != "verifierKey" {
            var altered = members
            altered[place] = others[place]
            #expect(throws: Failure.self, "\(members[place].name)") {
                try StatedCheckpoint(.object(altered), keys: LogKeys(log.verifier))
            }
            altered.remove(at: place)
            #expect(throws: Failure.self) {
                try StatedCheckpoint(.object(altered), keys: LogKeys(log.verifier))
            }
        }
    }

    /// Keeps the checkpoint of `size` entries in a file that holds that of `old`.
    private func keep(
        _ size: Int, over old: JSONValue?, in scratch: ScratchDirectory,
        proof: ((UInt64, UInt64) throws -> JSONValue)? = nil
    ) async throws {
        if let old { _ = try scratch.write(old["note"]?.text ?? "", to: "kept") }
        let stated = try StatedCheckpoint(log.stated(log.head(size)), keys: LogKeys(log.verifier))
        let file = CheckpointFile(path: scratch.path + "/kept")
        try await file.keep(stated) { from, to in
            if let proof { return try proof(from, to) }
            return .object([try log.hashes(.consistency(from: from, to: to))])
        }
        #expect(try scratch.read("kept") == String(decoding: stated.note, as: UTF8.self))
        #expect(!scratch.has("kept.new"))
    }

    @Test func keepsALaterCheckpoint() async throws {
        for old in [0, 1, 8, 13, 19, 20] {
            let scratch = try ScratchDirectory()
            try await keep(20, over: log.stated(log.head(old)), in: scratch)
        }
        let scratch = try ScratchDirectory()
        try await keep(20, over: nil, in: scratch)
        #expect(try scratch.permissions("kept") & 0o133 == 0)
    }

    @Test func leavesWhatProvesSomething() async throws {
        let grown = try log.stated(log.head(20))
        let fork = TreeHead(size: 11, root: SHA256.hash([1]))
        let cases: [(JSONValue?, Int, String)] = [
            (grown, 19, "the log is shorter than the checkpoint"),
            (try log.stated(fork), 11, "an earlier checkpoint of size 11 has another root"),
            (try log.stated(fork), 20, "does not begin with the 11 entries"),
            (try LogFixture(count: 3).stated(), 20, "holds no checkpoint of this log"),
            (.object([JSONMember("note", .string("a diary\n"))]), 20, "holds no checkpoint"),
        ]
        for (old, size, message) in cases {
            let scratch = try ScratchDirectory()
            let failure = await #expect(throws: Failure.self) {
                try await keep(size, over: old, in: scratch)
            }
            #expect(failure?.message.contains(message) == true, "\(message)")
            #expect(failure?.hint?.contains("left as it is") == true)
            #expect(try scratch.read("kept") == old?["note"]?.text)
        }
    }

    @Test func wantsAProofThatHolds() async throws {
        let scratch = try ScratchDirectory()
        for proof in ["{}", #"{"hashes":[]}"#, #"{"hashes":["x"]}"#] {
            let json = try JSONParser.parse(Array(proof.utf8))
            await #expect(throws: Failure.self) {
                try await keep(20, over: log.stated(log.head(11)), in: scratch) { _, _ in json }
            }
        }
    }
}
