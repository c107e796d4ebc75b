import Catalogue
import StrictJSON

/// The body of a request for a token.
struct TokenRequest {
    private static let members: Set<String> = ["name", "users", "reason", "until"]
    private static let maximumUsers = 64

    let name: String
    let uids: [UInt32]
    let reason: String
    let until: Int64?

    init(_ body: JSONValue) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        try RecordDraft.refuseUnknown(members, allowed: Self.members)
        guard let name = body["name"]?.text, TokenName.isValid(name) else {
            throw VaultError(.invalidValue, pointer: "/name", .format)
        }
        guard let users = body["users"]?.items, 1...Self.maximumUsers ~= users.count else {
            throw VaultError(.invalidValue, pointer: "/users", .required)
        }
        var uids: [UInt32] = []
        for (place, user) in users.enumerated() {
            guard let uid = user.text.flatMap(Principal.init(resolving:))?.uid else {
                throw VaultError(.invalidValue, pointer: "/users/\(place)", .format)
            }
            if !uids.contains(uid) { uids.append(uid) }
        }
        guard let reason = body["reason"]?.text, ReasonCode.isValid(reason) else {
            throw VaultError(.invalidValue, pointer: "/reason", .format)
        }
        self.name = name
        self.uids = uids
        self.reason = reason
        until = try GrantRequest.time(body["until"], at: "/until")
    }
}
