import NIOHTTP1
public import StrictJSON
import VaultAPI

extension VaultClient {
    /// How the running rotation stands, or how the last one ended (docs/openapi.yaml, Rotation).
    public func rotation() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.rotation))
    }

    /// Begins a rotation, or goes on with the one that is not final.
    ///
    /// - Parameters:
    ///   - isScheduled: Whether a timer asks; it is refused while the daemon's clock leads its log.
    ///   - isDeep: Whether every key and every field is made anew.
    ///   - recordsPerSecond: The most that a deep one may reseal; `nil`: half of the time is left to others.
    public func startRotation(
        isScheduled: Bool = false, isDeep: Bool = false, recordsPerSecond: Int? = nil
    ) async throws(VaultClientError) -> JSONValue {
        var members = [JSONMember("scheduled", .bool(isScheduled))]
        if isDeep { members.append(JSONMember("deep", .bool(true))) }
        if let recordsPerSecond {
            members.append(JSONMember("recordsPerSecond", .number(String(recordsPerSecond))))
        }
        let body = JSONValue.object(members)
        return try await json(
            Exchange(
                method: .POST, path: APIPath.rotation, body: body.encoded(), isRepeatable: false))
    }

    /// Says that the daemon's clock is right, so that what is due by time goes on.
    ///
    /// - Parameter reason: a code.
    /// - Returns: `{"confirmed"}`: whether it was doubted.
    public func confirmClock(reason: String) async throws(VaultClientError) -> JSONValue {
        let body = JSONValue.object([JSONMember("reason", .string(reason))])
        return try await json(
            Exchange(
                method: .POST, path: APIPath.clockConfirmation, body: body.encoded(),
                isRepeatable: true))
    }
}
