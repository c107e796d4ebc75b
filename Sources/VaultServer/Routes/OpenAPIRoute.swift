import HTTPTypes
import Hummingbird
import NIOCore
import VaultAPI

/// `/v1/openapi.yaml`: the description of the interface, for anyone who can open the socket.
struct OpenAPIRoute: Sendable {
    private let document = ByteBuffer(string: openAPIDocument)

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.openAPI), use: describe)
    }

    @Sendable private func describe(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        _ = try QueryParameters(request, allowing: [])
        var fields = HTTPFields()
        fields.append(.contentType, APIMediaType.yaml)
        return Response(
            status: .ok, headers: fields, body: ResponseBody(byteBuffer: document))
    }
}
