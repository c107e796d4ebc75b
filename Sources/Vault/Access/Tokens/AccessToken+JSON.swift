import Cryptography
public import StrictJSON
import Verification

extension AccessToken {
    /// The token as the interface shows it: nothing of its secret.
    public var json: JSONValue {
        .object(members)
    }

    /// The token as it lies in the sealed policy.
    var sealedJSON: JSONValue {
        .object(
            members + [
                JSONMember("hash", .string(Base64.encode(hash.bytes))),
                JSONMember("firstKey", .number(String(firstKey))),
            ])
    }

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.text, let name = json["name"]?.text,
            let users = json["users"]?.items, let reason = json["reason"]?.text,
            let createdBy = json["createdBy"]?.text,
            let createdAt = json["createdAt"]?.text.flatMap(Timestamp.seconds),
            let hash = json["hash"]?.text.flatMap(Base64.decode).flatMap({ Digest32($0) }),
            let firstKey = json["firstKey"]?.integer.flatMap({ Int(exactly: $0) }), firstKey >= 0
        else { return nil }
        let uids = users.compactMap { $0.text.flatMap(Principal.init(resolving:))?.uid }
        let until = json["until"]?.text.flatMap(Timestamp.seconds)
        guard uids.count == users.count, (json["until"] == nil) == (until == nil) else {
            return nil
        }
        self.init(
            id: id, name: name, uids: uids, reason: reason, createdBy: createdBy,
            createdAtSeconds: createdAt, untilSeconds: until, hash: hash,
            firstKey: firstKey)
    }

    private var members: [JSONMember] {
        var members = [
            JSONMember("id", .string(id)),
            JSONMember("name", .string(name)),
            JSONMember("users", .array(uids.map { .string(Principal.user($0).text) })),
            JSONMember("reason", .string(reason)),
            JSONMember("createdBy", .string(createdBy)),
            JSONMember("createdAt", .string(Timestamp.text(seconds: createdAtSeconds))),
        ]
        if let untilSeconds {
            members.append(JSONMember("until", .string(Timestamp.text(seconds: untilSeconds))))
        }
        return members
    }
}
