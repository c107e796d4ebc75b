import NIOPosix
import Synchronization
import Testing

@testable import VaultServer

@Suite struct UserDirectoryTests {
    @Test func `an answer serves for a minute and is renewed in the background`() async {
        let (clock, database) = (ManualClock(), Database())
        let directory = directory(clock, database)
        #expect(await directory.entry(for: 7).identity.groups == [1])
        clock.advance(seconds: 29)
        #expect(await directory.entry(for: 7).identity.groups == [1])
        #expect(database.lookUps == 1)
        clock.advance(seconds: 2)
        #expect(await directory.entry(for: 7).identity.groups == [1])
        await database.isAsked(times: 2)
        clock.advance(seconds: 58)
        #expect(await directory.entry(for: 7).identity.groups == [2])
    }

    @Test func `an answer older than a minute is not believed`() async {
        let (clock, database) = (ManualClock(), Database())
        let directory = directory(clock, database)
        #expect(await directory.entry(for: 7).identity.groups == [1])
        clock.advance(seconds: 60)
        #expect(await directory.entry(for: 7).identity.groups == [2])
    }

    @Test func `those who ask together ask once`() async {
        let (clock, database) = (ManualClock(), Database())
        let directory = directory(clock, database)
        await withTaskGroup(of: [UInt32].self) { tasks in
            for _ in 0..<50 { tasks.addTask { await directory.entry(for: 7).identity.groups } }
            for await groups in tasks { #expect(groups == [1]) }
        }
        #expect(database.lookUps == 1)
    }

    @Test func `a failed look-up leaves the uid alone, for five seconds`() async {
        let (clock, database) = (ManualClock(), Database())
        let directory = directory(clock, database)
        database.fails(true)
        #expect(await directory.entry(for: 7).identity == .unknown)
        database.fails(false)
        clock.advance(seconds: 5)
        #expect(await directory.entry(for: 7).identity.groups == [2])
    }

    @Test func `the system's database knows root, and not everyone`() throws {
        let root = try UserIdentity.lookUp(uid: 0)
        #expect(root.name == "root")
        #expect(root.groups.contains(0))
        #expect(try UserIdentity.lookUp(uid: 3_999_999_999) == .unknown)
    }

    private func directory(_ clock: ManualClock, _ database: Database) -> UserDirectory {
        UserDirectory(clock: clock.clock) { _ in try database.lookUp() }
    }
}

/// Answers with how often it was asked.
private final class Database: Sendable {
    private let state = Mutex((count: UInt32(0), isFailing: false))
    private let (asked, asking) = AsyncStream.makeStream(of: UInt32.self)

    var lookUps: UInt32 { state.withLock { $0.count } }

    func fails(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

    func lookUp() throws -> UserIdentity {
        let (count, isFailing) = state.withLock { state in
            state.count += 1
            return (state.count, state.isFailing)
        }
        asking.yield(count)
        if isFailing { throw UserLookupFailed() }
        return UserIdentity(name: "aino", groups: [count])
    }

    func isAsked(times: UInt32) async {
        for await count in asked where count >= times { return }
    }
}
