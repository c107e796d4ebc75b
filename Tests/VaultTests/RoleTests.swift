import Catalogue
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct RoleTests {
    private static let newcomer = TestCaller.caller(5000)

    private func set(
        _ opened: OpenedVault, _ name: String, _ body: String,
        by caller: Caller = TestCaller.admin
    ) async throws -> RoleDifference {
        let proof = try await opened.authorize(ManageRoles.self, caller, nil)
        return try await opened.vault.setRole(
            proof, named: name, try JSONParser.parse(Array(body.utf8))
        ).difference
    }

    private func preview(
        _ opened: OpenedVault, _ name: String, _ body: String
    ) async throws -> RoleDifference {
        let proof = try await opened.authorize(ManageRoles.self, TestCaller.admin, nil)
        return try await opened.vault.previewRole(
            proof, named: name, try JSONParser.parse(Array(body.utf8)))
    }

    private func role(_ permissions: String, kind: String = "data") -> String {
        #"{"kind":"\#(kind)","reason":"test","permissions":[\#(permissions)]}"#
    }

    private let readsPhone =
        #"{"operations":["read"],"fields":["phone"],"view":"plain","purposes":["customer-service"]}"#
    private let readsContact =
        #"{"operations":["read"],"compartments":["contact"],"view":"masked","purposes":["customer-service"]}"#

    @Test func newRoleWorksAtOnceAndItsChangesDo() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        _ = try await set(opened, "phone-desk", role(readsPhone))
        try await opened.grant("uid:5000", "phone-desk")
        #expect(
            try await opened.read(id, as: Self.newcomer, purpose: "customer-service").keys.sorted()
                == ["phone"])
        _ = try await set(opened, "phone-desk", role(readsContact))
        #expect(
            try await opened.read(id, as: Self.newcomer, purpose: "customer-service").keys.sorted()
                == ["address", "email", "phone"])
        await opened.close()
        opened = try await files.open()
        #expect(
            try await opened.read(id, as: Self.newcomer, purpose: "customer-service").count == 3)
        await opened.close()
    }

    @Test func versionsAreKept() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        _ = try await set(opened, "phone-desk", role(readsPhone))
        _ = try await set(opened, "phone-desk", role(readsContact))
        await opened.close()
        opened = try await files.open()
        let proof = try await opened.authorize(ReadRoles.self, TestCaller.admin, nil)
        let shown = try opened.vault.role(proof, named: "phone-desk")
        #expect(shown.role?.version == 2)
        #expect(shown.former.map(\.role.version) == [1])
        #expect(shown.former.first?.role.permissions.first?.fields == .fields(["phone"]))
        #expect(shown.former.first?.endedBy == "uid:2000")
        let manage = try await opened.authorize(ManageRoles.self, TestCaller.admin, nil)
        _ = try await opened.vault.deleteRole(manage, named: "phone-desk")
        #expect(try opened.vault.role(proof, named: "phone-desk").former.count == 2)
        // A role of the name made later goes on counting.
        _ = try await set(opened, "phone-desk", role(readsPhone))
        #expect(try opened.vault.role(proof, named: "phone-desk").role?.version == 3)
        await expectError(.unknownRole) { _ = try opened.vault.role(proof, named: "nobody") }
        await opened.close()
    }

    @Test func previewShowsAndChangesNothing() async throws {
        let opened = try await VaultFiles.make().open()
        _ = try await set(opened, "phone-desk", role(readsPhone))
        try await opened.grant("uid:5000", "phone-desk")
        let before = opened.vault.authoriser.policy
        let difference = try await preview(opened, "phone-desk", role(readsContact))
        #expect(opened.vault.authoriser.policy == before)
        func allowance(_ field: String, _ view: String) -> RoleDifference.Allowance {
            RoleDifference.Allowance(
                operation: "read", purpose: "customer-service", field: field, view: view)
        }
        #expect(
            difference.opens
                == ["address", "email", "phone"].map { allowance($0, "masked") })
        #expect(difference.closes == [allowance("phone", "plain")])
        #expect(difference.principals == ["uid:5000"])
        // What is set is what was shown; setting it again changes nothing.
        #expect(try await set(opened, "phone-desk", role(readsContact)) == difference)
        let again = try await preview(opened, "phone-desk", role(readsContact))
        #expect(again.opens.isEmpty && again.closes.isEmpty)
        await opened.close()
    }

    @Test func nobodyChangesARoleThatTheyHold() async throws {
        let opened = try await VaultFiles.make().open()
        let body = role(#"{"operations":["read-status","manage-grants"]}"#, kind: "administrative")
        await expectError(.notGranted) { _ = try await set(opened, "admin", body) }
        #expect(try await opened.audit().last?["outcome"]?.text == "not_granted")
        // Nor one that a group of theirs holds, or will.
        _ = try await set(
            opened, "watcher", role(#"{"operations":["read-status"]}"#, kind: "administrative"))
        try await opened.grant("gid:7000", "watcher", from: opened.clock.seconds + 1000)
        let member = TestCaller.caller(2000, groups: [7000])
        await expectError(.notGranted) { _ = try await set(opened, "watcher", body, by: member) }
        await expectError(.notGranted) {
            let proof = try await opened.authorize(ManageRoles.self, member, nil)
            _ = try await opened.vault.deleteRole(proof, named: "watcher")
        }
        await opened.close()
    }

    @Test func kindsNeverMeet() async throws {
        let opened = try await VaultFiles.make().open()
        _ = try await set(
            opened, "watcher", role(#"{"operations":["read-status"]}"#, kind: "administrative"))
        _ = try await set(opened, "phone-desk", role(readsPhone))
        try await opened.grant("uid:5000", "watcher")
        await expectError(.notGranted) { try await opened.grant("uid:5000", "phone-desk") }
        try await opened.grant("uid:5001", "phone-desk")
        try await opened.grant("uid:5001", "billing")
        // A role that changes its kind would join them in whoever holds it beside another.
        await expectError(.notGranted) {
            _ = try await set(
                opened, "phone-desk",
                role(#"{"operations":["read-status"]}"#, kind: "administrative"))
        }
        await opened.close()
    }

    @Test func aRoleInUseStays() async throws {
        let opened = try await VaultFiles.make().open()
        let proof = try await opened.authorize(ManageRoles.self, TestCaller.admin, nil)
        await expectError(.conflict) {
            _ = try await opened.vault.deleteRole(proof, named: "billing")
        }
        await expectError(.unknownRole) {
            _ = try await opened.vault.deleteRole(proof, named: "nobody")
        }
        await opened.close()
    }

    @Test(arguments: [TestCaller.everyone, TestCaller.dpo, TestCaller.auditor, TestCaller.nobody])
    func onlyAdminsSetRoles(caller: Caller) async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(.notGranted) {
            _ = try await opened.authorize(ManageRoles.self, caller, nil)
        }
        await opened.close()
    }

    @Test(arguments: [
        (#"{"operations":["read"],"fields":["phone"]}"#, "/permissions/0/purposes"),
        (#"{"operations":["read"],"purposes":["order"]}"#, "/permissions/0/fields"),
        (
            #"{"operations":["read"],"fields":["nothing"],"purposes":["order"]}"#,
            "/permissions/0/fields"
        ),
        (
            #"{"operations":["read"],"compartments":["x"],"purposes":["order"]}"#,
            "/permissions/0/compartments"
        ),
        (
            #"{"operations":["read"],"fields":"all","purposes":["whatever"]}"#,
            "/permissions/0/purposes"
        ),
        (
            #"{"operations":["read"],"fields":"all","compartments":["contact"],"purposes":["order"]}"#,
            "/permissions/0/fields"
        ),
        (#"{"operations":["manage-grants"]}"#, "/permissions/0/operations"),
        (#"{"operations":["manage-roles","read-keys"]}"#, "/permissions/0/operations"),
        (#"{"operations":["fly"]}"#, "/permissions/0/operations"),
        (
            #"{"operations":["read"],"fields":["phone"],"purposes":["order"]}"#,
            "/permissions/0/view"
        ),
        (#"{"operations":[]}"#, "/permissions/0/operations"),
        (#"{"operations":["read-keys"],"purposes":["order"]}"#, "/permissions/0/purposes"),
        (#"{"operations":["read-keys"],"fields":"all"}"#, "/permissions/0/fields"),
        (
            #"{"operations":["read"],"fields":"all","view":"x-ray","purposes":["order"]}"#,
            "/permissions/0/view"
        ),
        (#"{"operations":["read-keys"],"also":1}"#, "/permissions/0"),
    ])
    func aRoleThatMakesNoSenseIsRefused(permission: String, pointer: String) async throws {
        let opened = try await VaultFiles.make().open()
        let before = opened.vault.authoriser.policy.version
        let error = await expectError(.invalidValue) {
            _ = try await set(opened, "new-role", role(permission))
        }
        #expect(error?.failures.first?.pointer == pointer)
        #expect(opened.vault.authoriser.policy.version == before)
        await opened.close()
    }

    @Test(arguments: ["", "Admin", "9lives", "a b", "päällikkö", String(repeating: "a", count: 33)])
    func aRolesNameIsAName(name: String) async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(.invalidValue) { _ = try await set(opened, name, role(readsPhone)) }
        await opened.close()
    }

    /// A role of some 100 KB.
    private func largeRole(_ name: String) -> Role {
        let fields = Set((0..<3000).map { "field\(name)\($0)" })
        return Role(
            name: name, kind: .data,
            permissions: [
                Permission(
                    [.read], on: .fields(fields), for: Set((0..<3000).map { "purpose\($0)" }))
            ])
    }

    /// What a start could not read is refused before it is in force.
    @Test func thePolicyNeverOutgrowsItsReader() async throws {
        let opened = try await VaultFiles.make().open()
        var policy = AccessPolicy.initial(grants: [])
        var refused: VaultError?
        for number in 0..<100 where refused == nil {
            policy = try #require(
                policy.setting(largeRole("r\(number)"), by: "uid:1", atSeconds: 0))
            do {
                _ = try PolicyState.commit(
                    policy, vaultBox: opened.vault.vaultBox, audit: nil, authorisedUnder: nil
                ) {}
            } catch {
                refused = error
            }
        }
        #expect(refused?.code == .conflict)
        #expect(policy.roles.count > 20)
        await opened.close()
    }

    /// Versions of one role are dropped in time instead, the oldest first.
    @Test func formerRolesTakeBoundedRoom() throws {
        var policy = AccessPolicy.initial(grants: [])
        for _ in 0..<40 {
            policy = try #require(policy.setting(largeRole("r"), by: "uid:1", atSeconds: 0))
        }
        let versions = policy.formerRoles.map(\.role.version)
        #expect(versions.last == 39 && versions == Array((40 - versions.count)...39))
        #expect(versions.count > 3 && versions.count < 30)
    }

    @Test func administrativeRolesReachNobody() async throws {
        let opened = try await VaultFiles.make().open()
        for operation in OperationKind.allCases where operation.concernsPersonalData {
            let permission =
                #"{"operations":["\#(operation.rawValue)"],"fields":"all","purposes":["order"]}"#
            await expectError(.invalidValue) {
                _ = try await set(opened, "spy", role(permission, kind: "administrative"))
            }
        }
        await opened.close()
    }
}
