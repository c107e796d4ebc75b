import Storage
import Testing
import VaultTesting

@testable import Vault

@Suite struct ReserveTests {
    /// A disk that a test fills.
    private final class Reserve: DiskReserve {
        private let state = Locked((isHeld: true, isShort: false, hasRoom: true, releases: 0))

        func fill() { state.change { ($0.isShort, $0.hasRoom) = (true, false) } }
        var releases: Int { state.value.releases }
        var isHeld: Bool { state.value.isHeld }
        var isShort: Bool { state.value.isShort && state.value.isHeld }

        func empty() { state.change { ($0.isShort, $0.hasRoom) = (false, true) } }

        func release() { state.change { ($0.isHeld, $0.releases) = (false, $0.releases + 1) } }

        func restore() -> Bool {
            state.change { $0.isHeld = $0.isHeld || $0.hasRoom }
            return isHeld
        }
    }

    private let reserve = Reserve()

    private func open() async throws -> OpenedVault {
        try await VaultFiles.make().open(VaultConfiguration.forTests.with { $0.reserve = reserve })
    }

    @Test func onAFullDiskWhatProtectsPeopleGoesOn() async throws {
        let opened = try await open()
        let ids = try await [opened.create(Person.body(1)), opened.create(Person.body(2))]
        let grant = try await opened.grant("uid:3000", "dpo")
        reserve.fill()
        #expect(opened.vault.commits.reserve.state == "held")
        try await opened.erase(ids[0])
        #expect(reserve.releases == 1 && opened.vault.commits.reserve.state == "used")
        #expect(opened.vault.readiness == .notReady(reason: "disk-full"))
        await expectError(.diskFull) { _ = try await opened.read(ids[1]) }
        await expectError(.diskFull) { try await opened.create(Person.body(3)) }
        let admin = try await opened.authorize(ManageGrants.self, TestCaller.admin, nil)
        #expect(try await opened.vault.grants(admin).contains { $0.id == grant })
        let restricting = try await opened.authorize(
            RestrictProcessing.self, TestCaller.dpo, "data-subject-rights")
        _ = try await opened.vault.restrict(
            restricting, ids[1], try json(#"{"ground":"accuracy"}"#))
        await expectError(.diskFull) {
            _ = try await opened.vault.liftRestriction(restricting, ids[1])
        }
        try await opened.revoke(grant)
        #expect(try await opened.vault.expireAuditEntries() == 0)
        #expect(opened.vault.readiness == .notReady(reason: "disk-full"))
        // Twice is once.
        #expect(reserve.releases == 1)
        let proof = try await opened.authorize(
            EraseRecord.self, TestCaller.dpo, "data-subject-rights")
        _ = try await opened.vault.erase(
            proof, ids[1], reason: "customer-request", compartments: nil)
        await opened.close()
    }

    /// Reads alone don't take the room from what it is for.
    @Test func othersDoNotUseTheReserve() async throws {
        let opened = try await open()
        let id = try await opened.create(Person.body(1))
        reserve.fill()
        opened.store.failNextCommit(.refused(.diskFull))
        await expectError(.diskFull) { _ = try await opened.read(id) }
        #expect(reserve.releases == 0 && reserve.isHeld)
        await opened.close()
    }

    @Test func roomEndsIt() {
        let keeper = ReserveKeeper(reserve)
        reserve.fill()
        #expect(keeper.admitsAll(mayUseReserve: false))
        #expect(!keeper.admitsAll(mayUseReserve: true))
        #expect(keeper.isUsed && !keeper.admitsAll(mayUseReserve: true))
        reserve.empty()
        #expect(!keeper.admitsAll(mayUseReserve: false), "it looks every two seconds at most")
        let next = ReserveKeeper(reserve)
        #expect(next.state == "held" && next.admitsAll(mayUseReserve: false))
    }

    @Test func withoutAReserveAllIsAsBefore() async throws {
        let opened = try await VaultFiles.make().open()
        #expect(opened.vault.commits.reserve.state == "none")
        try await opened.create(Person.body(1))
        await opened.close()
    }
}
