import NIOHTTP1
public import StrictJSON
import VaultAPI

extension VaultClient {
    /// Holds compartments of a record back from erasure; set again, the new takes the place of the old.
    ///
    /// - Parameters:
    ///   - name: A code, by which it is set again and ended.
    ///   - compartments: What it keeps; nil for everything.
    ///   - ground: `legal-obligation`, `contract` or `legal-claim`.
    ///   - basis: The statute, agreement or claim, in at most 500 characters.
    ///   - until: a day, the whole of which it covers, or a time, RFC 3339, UTC; nil: until it is ended.
    public func setHold(
        _ id: String, name: String, compartments: [String]?, ground: String, basis: String,
        until: String?
    ) async throws(VaultClientError) -> WrittenRecord {
        var members = [
            JSONMember("ground", .string(ground)), JSONMember("basis", .string(basis)),
        ]
        if let compartments {
            members.append(JSONMember("compartments", .array(compartments.map(JSONValue.string))))
        }
        if let until { members.append(JSONMember("until", .string(until))) }
        return try await written(.PUT, hold(id, name), members)
    }

    /// Ends a hold: `{"id","version","certificate"}`, the certificate of what waited for it, if anything did;
    /// no version where the record is erased.
    public func endHold(_ id: String, name: String) async throws(VaultClientError) -> JSONValue {
        try await json(
            Exchange(method: .DELETE, path: hold(id, name), isRepeatable: false))
    }

    /// What holds a record, and in `waitingErasure` what waits for that.
    public func holds(of id: String) async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.holds(PercentEncoding.encode(id))))
    }

    private func hold(_ id: String, _ name: String) -> String {
        APIPath.hold(PercentEncoding.encode(id), PercentEncoding.encode(name))
    }
}
