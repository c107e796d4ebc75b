import Catalogue
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// An opened vault, and what tests do with it; purposes are those that the caller's role needs.
struct OpenedVault: Sendable {
    let files: VaultFiles
    let vault: RecordVault
    let store: FaultyStore
    let failures: FailureLog

    var clock: SimulatedClock { files.clock }

    func close() async { await vault.shutDown() }

    func authorize<Operation: VaultOperation>(
        _ operation: Operation.Type, _ caller: Caller = TestCaller.everyone, _ purpose: String?
    ) async throws -> Authorized<Operation> {
        try await vault.authorize(
            operation, AccessRequest(caller: caller, purpose: purpose, requestID: "test"))
    }

    func ticket() -> AnswerTicket { vault.answers.begin {} }

    @discardableResult
    func create(
        _ body: JSONValue, as caller: Caller = TestCaller.everyone, purpose: String = "order",
        key: String? = nil
    ) async throws -> RecordID {
        let proof = try await authorize(CreateRecord.self, caller, purpose)
        return try await vault.create(
            proof, body, idempotencyKey: key, digest: body.encoded()
        ).id
    }

    @discardableResult
    func update(
        _ id: RecordID, _ fields: String, ifMatch: UInt64? = nil,
        as caller: Caller = TestCaller.everyone, purpose: String = "order"
    ) async throws -> UInt64 {
        let body = JSONValue.object([JSONMember("fields", try json(fields))])
        let proof = try await authorize(UpdateRecord.self, caller, purpose)
        return try await vault.update(proof, id, body, ifMatch: ifMatch).version
    }

    func view(
        _ id: RecordID, _ selection: FieldSelection = FieldSelection(),
        as caller: Caller = TestCaller.everyone, purpose: String = "data-subject-rights"
    ) async throws -> RecordView {
        let proof = try await authorize(ReadRecords.self, caller, purpose)
        let ticket = ticket()
        defer { ticket.delivered() }
        return try await vault.read(proof, id, selection, ticket: ticket)
    }

    /// All fields that open, as JSON texts.
    func read(
        _ id: RecordID, as caller: Caller = TestCaller.everyone,
        purpose: String = "data-subject-rights"
    ) async throws -> [String: String] {
        try await view(id, as: caller, purpose: purpose).texts
    }

    @discardableResult
    func erase(
        _ id: RecordID, compartments: [String]? = nil, reason: String = "customer-request"
    ) async throws -> JSONValue {
        let proof = try await authorize(EraseRecord.self, TestCaller.dpo, "data-subject-rights")
        return try JSONParser.parse(
            await vault.erase(proof, id, reason: reason, compartments: compartments))
    }

    func find(
        _ field: String, _ value: JSONValue, as caller: Caller = TestCaller.everyone,
        purpose: String = "data-subject-rights", limit: Int = 100
    ) async throws -> [RecordID] {
        let proof = try await authorize(SearchRecords.self, caller, purpose)
        let ticket = ticket()
        defer { ticket.delivered() }
        return try await vault.search(
            proof, [SearchQuery(field: field, value: value)], FieldSelection(fields: []),
            limit: limit, ticket: ticket)[0].get().records.map(\.id)
    }

    func verify(
        _ id: RecordID, _ value: String, field: String = "henkilotunnus",
        as caller: Caller = TestCaller.customerService, purpose: String = "customer-service"
    ) async throws -> Bool {
        let proof = try await authorize(VerifyField.self, caller, purpose)
        let ticket = ticket()
        defer { ticket.delivered() }
        return try await vault.verify(
            proof, id, field: field, value: .string(value), ticket: ticket)
    }

    /// The audit log, each entry parsed.
    func audit() async throws -> [JSONValue] {
        try await store.auditEntries(after: 0, limit: 1_000_000).map { entry in
            var writer = JSONWriter()
            writer.beginObject()
            try #require(LoggedEntry(entry.leaf.entry)).writeMembers(to: &writer)
            writer.endObject()
            return try JSONParser.parse(writer.bytes)
        }
    }
}

extension RecordView {
    /// The fields as JSON texts.
    var texts: [String: String] {
        Dictionary(
            uniqueKeysWithValues: fields.map {
                ($0.name, String(decoding: bytes[$0.range], as: UTF8.self))
            })
    }

    /// Why fields are withheld, by name.
    var reasons: [String: String] {
        Dictionary(uniqueKeysWithValues: withheld.map { ($0.field, $0.reason) })
    }
}

func json(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

extension OpenedVault {
    @discardableResult
    func grant(
        _ principal: String, _ role: String, from: Int64? = nil, until: Int64? = nil,
        by caller: Caller = TestCaller.admin
    ) async throws -> String {
        var members = [
            JSONMember("principal", .string(principal)), JSONMember("role", .string(role)),
            JSONMember("reason", .string("test")),
        ]
        if let from { members.append(JSONMember("from", .string(Timestamp.text(seconds: from)))) }
        if let until {
            members.append(JSONMember("until", .string(Timestamp.text(seconds: until))))
        }
        let proof = try await authorize(ManageGrants.self, caller, nil)
        return try await vault.addGrant(proof, .object(members)).id
    }

    /// Somebody who sees and changes everything, for `statutory`.
    func editor() async throws -> Caller {
        let proof = try await authorize(ManageRoles.self, TestCaller.admin, nil)
        _ = try await vault.setRole(
            proof, named: "editor",
            try json(
                """
                {"kind":"data","reason":"test","permissions":[{"operations":["read","update"],\
                "fields":"all","view":"plain","purposes":["statutory"]}]}
                """))
        try await grant("uid:1006", "editor")
        return TestCaller.caller(1006)
    }

    func revoke(_ id: String) async throws {
        let proof = try await authorize(ManageGrants.self, TestCaller.admin, nil)
        _ = try await vault.revokeGrant(proof, id: id)
    }
}
