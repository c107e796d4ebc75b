import Catalogue
import Storage
import Testing
import VaultTesting

@testable import Vault

@Suite struct ExplanationTests {
    private func explain(
        _ opened: OpenedVault, _ caller: Caller, _ operation: OperationKind = .read,
        field: String? = nil, purpose: String? = nil, record: RecordID? = nil
    ) async throws -> AccessExplanation {
        let proof = try await opened.authorize(ReadRoles.self, TestCaller.admin, nil)
        return try await opened.vault.explain(
            proof,
            AccessQuestion(caller: caller, operation: operation, field: field, purpose: purpose),
            record: record, ticket: opened.ticket())
    }

    /// The explanation is not the authoriser; they must never disagree.
    @Test func agreesWithWhatIsDecided() async throws {
        let opened = try await VaultFiles.make().open()
        let catalogue = Catalogue.shipped
        let callers = [
            TestCaller.everyone, TestCaller.customerService, TestCaller.billing,
            TestCaller.marketing, TestCaller.checkout, TestCaller.dpo, TestCaller.admin,
            TestCaller.auditor, TestCaller.nobody,
        ]
        var allowed = 0
        var asked = 0
        let policy = opened.vault.authoriser.policy
        let now = opened.clock.seconds
        for caller in callers {
            for purpose in [nil, "nonsense"] + catalogue.purposes.map(\.name) {
                // What the commit path would give, by roles alone.
                let scope = Scope(
                    roles: policy.roles(of: caller, atSeconds: now), purpose: purpose,
                    catalogue: catalogue, validUntilSeconds: nil)
                for operation in OperationKind.allCases {
                    for field in [nil, "nonsense"] + catalogue.fields.map(\.name) {
                        let explained = policy.explain(
                            AccessQuestion(
                                caller: caller, operation: operation, field: field,
                                purpose: purpose), catalogue: catalogue, atSeconds: now)
                        let view = field.map { scope.view(of: $0, for: operation) }
                        let isAllowed = scope.allows(operation) && view != .some(nil)
                        #expect(
                            (explained.refusal == nil) == isAllowed,
                            "\(caller.uid) \(operation) \(field ?? "-") \(purpose ?? "-")")
                        if isAllowed, let view {
                            #expect(explained.rules.map(\.view).max() == view)
                        }
                        asked += 1
                        allowed += isAllowed ? 1 : 0
                    }
                }
            }
        }
        #expect(asked > 10_000 && allowed > 300 && allowed < asked / 4)
        await opened.close()
    }

    @Test func saysWhatIsWanting() async throws {
        let opened = try await VaultFiles.make().open()
        let person = try await opened.create(Person.body(1))
        let newcomer = TestCaller.caller(5000)
        func refusal(
            _ caller: Caller, _ operation: OperationKind = .read, _ field: String? = nil,
            _ purpose: String? = nil, _ record: RecordID? = nil
        ) async throws -> String? {
            try await explain(
                opened, caller, operation, field: field, purpose: purpose, record: record
            ).refusal?.rawValue
        }
        let service = TestCaller.customerService
        #expect(try await refusal(newcomer) == "no-grant")
        let start = opened.clock.seconds + 100
        try await opened.grant("uid:5000", "billing", from: start)
        #expect(try await refusal(newcomer) == "grant-not-active")
        opened.clock.advance(seconds: 200)
        #expect(try await refusal(newcomer, .read, "email", "billing") == nil)
        let both = TestCaller.caller(5000, groups: [7000])
        try await opened.grant("gid:7000", "auditor")
        #expect(try await refusal(both, .read, "email", "billing") == "kinds-mixed")
        #expect(try await refusal(service, .erase) == "operation-not-allowed")
        #expect(try await refusal(service) == "purpose-required")
        #expect(try await refusal(service, .read, nil, "billing") == "purpose-not-allowed")
        #expect(
            try await refusal(service, .read, "billing", "customer-service")
                == "field-not-allowed")
        #expect(
            try await refusal(TestCaller.marketing, .read, "email", "marketing", person)
                == "consent-missing")
        #expect(
            try await refusal(service, .read, "email", "customer-service", person) == nil)
        try await opened.erase(person)
        #expect(
            try await refusal(service, .read, "email", "customer-service", person)
                == "record-erased")
        #expect(
            try await refusal(
                service, .read, "email", "customer-service", RecordID(high: 1, low: 1))
                == "record-unknown")
        await opened.close()
    }

    @Test func namesTheRule() async throws {
        let opened = try await VaultFiles.make().open()
        let explained = try await explain(
            opened, TestCaller.customerService, field: "henkilotunnus",
            purpose: "customer-service")
        #expect(
            explained.rules == [
                AccessExplanation.Rule(
                    grant: "1001-customer-service", principal: "uid:1001",
                    role: "customer-service", view: .masked)
            ])
        await opened.close()
    }
}
