import StrictJSON
import Testing
import VaultClient

@testable import aitta

@Suite struct ImportProgressTests {
    static let progress = ImportProgress(
        id: ImportID("123456789abcdef")!,
        subject: .init(
            fileSize: 10, fileChecksum: "a", mapChecksum: "b", rowsPerBatch: 400, vault: "v",
            uid: 1000),
        next: 7, neverSent: 7, sentAt: 1_000_000, epoch: 3,
        position: FilePosition(offset: 99, line: 12),
        counts: ImportCounts(
            rows: 2800, created: [.person: 5, .company: 0, .contact: 0], rejectedRows: 2,
            reasons: ["a: b": 2]),
        rejectedBytes: 55, attempts: [7: 1])

    @Test func roundTrips() throws {
        let json = try JSONParser.parse(Self.progress.encoded())
        #expect(ImportProgress(json) == Self.progress)
    }

    /// Each member is needed: without it the file is damaged, and nothing goes on by half of it.
    @Test func refusesAnythingLess() throws {
        let members = try #require(try JSONParser.parse(Self.progress.encoded()).members)
        for index in members.indices {
            var fewer = members
            fewer.remove(at: index)
            #expect(ImportProgress(.object(fewer)) == nil, "\(members[index].name)")
        }
    }

    @Test func knowsWhenKeysAreTooOld() throws {
        var running = Self.progress
        running.neverSent = 8
        func check(_ progress: ImportProgress, epoch: Int, now: Int) throws {
            try progress.checkResumable(
                as: progress.subject, epoch: epoch, now: now, path: "in.progress")
        }
        try check(running, epoch: 3, now: 1_000_000 + 22 * 3600)
        #expect(throws: Failure.self) { try check(running, epoch: 3, now: 1_000_000 + 24 * 3600) }
        #expect(throws: Failure.self) { try check(running, epoch: 4, now: 1_000_001) }
        try check(Self.progress, epoch: 4, now: 2_000_000)
    }

    @Test func makesKeysThatNeverMeet() {
        var keys: Set<IdempotencyKey> = []
        for batch in [0, 1, 2, 1 << 40] {
            for step in [ImportID.Step.contactCheck, .records, .contacts] {
                for attempt in 0..<3 {
                    let key = Self.progress.id.key(batch: batch, step: step, attempt: attempt)
                    #expect(IdempotencyKey(key.text) == key)
                    #expect(Array(key.text)[14] == "8")
                    #expect("89ab".contains(Array(key.text)[19]))
                    keys.insert(key)
                }
            }
        }
        #expect(keys.count == 36)
        #expect(
            Self.progress.id.key(batch: 1, step: .records, attempt: 2).text
                == "12345678-9abc-8def-9002-000000000001")
    }

    @Test func noticesAChangedByte() {
        #expect(Checksum.of([]) == "cbf29ce484222325")
        #expect(Checksum.of(Array("a".utf8)) == "af63dc4c8601ec8c")
        #expect(Checksum.of(Array("foobar".utf8)) == "85944171f73967e8")
    }
}
