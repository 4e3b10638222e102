import HTTPTypes
import Hummingbird

/// `GET /openapi.json`: the description of this API that stands in the repository.
struct DescriptionRoute {
    func description(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let bytes = Resources.bytes("openapi.json") else {
            throw APIError(
                .internalServerError, type: "server_error", code: "file_missing",
                "openapi.json did not come with this program: install Lares again")
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: .init(bytes: bytes)))
    }
}
