import StrictJSON
import Testing

/// A vault that is used by several, and attacked by some of them.
struct AttackedVault {
    enum User {
        static let customerService: UInt32 = 41301
        static let billing: UInt32 = 41302
        static let checkout: UInt32 = 41303
        static let dpo: UInt32 = 41304
        static let marketing: UInt32 = 41305
        static let otherCheckout: UInt32 = 41306
        static let nobody: UInt32 = 41309
    }

    static let henkilotunnus = Identifiers.henkilotunnus(individual: 917)
    static let otherHenkilotunnus = Identifiers.henkilotunnus(individual: 918)
    static let iban = Identifiers.iban("1234560000078")
    static let rights = "data-subject-rights"

    let vault: TestVault

    init(settings: String = TestVault.manyStrangers) throws {
        vault = try TestVault(
            grants: [
                "uid:\(User.customerService)=customer-service", "uid:\(User.billing)=billing",
                "uid:\(User.checkout)=checkout", "uid:\(User.otherCheckout)=checkout",
                "uid:\(User.dpo)=dpo", "uid:\(User.marketing)=marketing",
            ], settings: settings)
        try vault.start()
    }

    static func person(
        _ reference: String, henkilotunnus: String = henkilotunnus, billing: Bool = true
    ) -> String {
        let billing = billing ? #","billing":{"method":"invoice","iban":"\#(iban)"}"# : ""
        return """
            {"kind":"person","reference":"\(reference)","fields":{
             "name":{"given":"Aino","family":"Korhonen"},"henkilotunnus":"\(henkilotunnus)",
             "phone":"+358401234567","email":"aino@example.fi"\(billing)}}
            """
    }

    /// Creates a record; answers its path.
    func create(_ json: String) throws -> String {
        let made = try ask(User.checkout, "POST", "/v1/records", "order", json)
        try #require(made.status == 201, "\(made.body)")
        return "/v1/records/" + (try #require(JSONValue(of: made)["id"]?.text))
    }

    /// The record as the data protection officer sees it.
    func read(_ path: String) throws -> TestVault.Reply {
        try ask(User.dpo, "GET", path, Self.rights)
    }

    func ask(
        _ uid: UInt32, gid: UInt32? = nil, _ method: String, _ path: String,
        _ purpose: String? = nil, _ json: String? = nil, headers: [String] = []
    ) throws -> TestVault.Reply {
        try vault.ask(
            as: uid, gid: gid, method, path, purpose: purpose, headers: headers, json: json)
    }
}

extension JSONValue {
    /// The reply's body; null where it is no JSON.
    init(of reply: TestVault.Reply) {
        self = (try? JSONParser.parse(Array(reply.body.utf8))) ?? .null
    }
}

extension TestVault.Reply {
    /// What tells this answer from another: all but the request's id.
    var likeness: String {
        "\(status) " + body.replacing(#/"requestId":"[^"]*"/#, with: "")
    }
}

extension Answer {
    /// What tells this answer from another: all but the request's id, which may be longer by a digit,
    /// and the time, headers included.
    var likeness: String {
        let headers =
            headers
            .filter { !["aitta-request-id", "content-length", "date"].contains($0.key) }
            .sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return "\(status) \(headers) " + text.replacing(#/"requestId":"[^"]*"/#, with: "")
    }
}
