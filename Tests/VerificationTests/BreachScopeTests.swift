import Cryptography
import StrictJSON
import Testing
import Verification

@Suite final class BreachScopeTests {
    private let key: SigningKey
    private let scope: BreachScope

    init() throws {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        key = try SigningKey(seed: SecretBytes(random: 32))
        var scope = BreachScope(
            vault: "0190b7e4-0000-7000-8000-000000000001", principal: "uid:33",
            from: "2026-11-22T12:00:00Z", to: "2026-11-23T12:00:00Z",
            madeAt: "2026-11-24T12:00:00.000Z", logSize: 12, logRoot: SHA256.hash([]))
        scope.records = 1
        scope.fields = [.init(name: "name", compartment: "identity", records: 1)]
        scope.compartments = [.init(name: "identity", records: 1)]
        self.scope = scope
    }

    private func signed(context: String = BreachScope.context) throws -> JSONValue {
        let message = try SignedDocument.message(of: scope.members, context: context)
        return SignedDocument.signed(
            scope.members, signature: key.sign(message), by: key.publicKey)
    }

    private func isValid(_ document: JSONValue) -> Bool {
        BreachScope.isValid(document, key: key.publicKey)
    }

    @Test func signedIsValidAlsoWrittenAndRead() throws {
        let document = try signed()
        #expect(isValid(document))
        #expect(isValid(try JSONParser.parse(document.encoded())))
        #expect(!isValid(try signed(context: ErasureCertificate.context)))
        let other = try SigningKey(seed: SecretBytes(random: 32))
        #expect(!BreachScope.isValid(document, key: other.publicKey))
    }

    /// Also a member `log`, which other signed documents may have beside what is signed.
    @Test func everyAlterationIsNoticed() throws {
        let members = try #require(try signed().members)
        #expect(members.count == 20)
        for place in members.indices {
            var altered = members
            altered[place] = JSONMember(members[place].name, .string("other"))
            #expect(!isValid(.object(altered)), "\(members[place].name) changed")
            altered = members
            altered.remove(at: place)
            #expect(!isValid(.object(altered)), "\(members[place].name) removed")
        }
        for name in ["log", "note"] {
            #expect(!isValid(.object(members + [JSONMember(name, .null)])), "\(name) added")
        }
        #expect(!isValid(.null))
    }
}
