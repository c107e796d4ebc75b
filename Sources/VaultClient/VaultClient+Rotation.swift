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
    /// - Parameter isScheduled: Whether a timer asks; it is refused while the daemon's clock leads its log.
    public func startRotation(
        isScheduled: Bool = false
    ) async throws(VaultClientError) -> JSONValue {
        let body = JSONValue.object([JSONMember("scheduled", .bool(isScheduled))])
        return try await json(
            Exchange(
                method: .POST, path: APIPath.rotation, body: body.encoded(), isRepeatable: false))
    }
}
