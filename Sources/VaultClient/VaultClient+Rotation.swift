import NIOHTTP1
public import StrictJSON
import VaultAPI

extension VaultClient {
    /// How the running rotation stands, or how the last one ended (docs/openapi.yaml, Rotation).
    public func rotation() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.rotation))
    }

    /// Begins a rotation, or goes on with the one that is not final.
    public func startRotation() async throws(VaultClientError) -> JSONValue {
        try await json(Exchange(method: .POST, path: APIPath.rotation, isRepeatable: false))
    }
}
