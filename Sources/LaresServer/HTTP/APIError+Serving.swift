import HTTPTypes
import LaresServing

extension APIError {
    /// How an error of the serving side looks to a client of the API.
    init(_ error: ServingError) {
        let (status, type) = Self.family(of: error.code)
        let seconds = error.retryAfter.map { max(1, Int($0.components.seconds) + ($0.components.attoseconds > 0 ? 1 : 0)) }
        self.init(
            status, type: type, code: error.code.description, error.message, param: error.param,
            retryAfter: seconds ?? (Self.passing.contains(error.code) ? 2 : nil))
    }

    /// Errors that pass by themselves.
    private static let passing: Set<ServingError.Code> = [.queueFull, .draining, .memoryBusy, .inUse]

    private static func family(of code: ServingError.Code) -> (HTTPResponse.Status, String) {
        switch code {
        case .modelNotFound: (.notFound, "invalid_request_error")
        case .contextTooLong, .invalidRequest, .wrongKind: (.badRequest, "invalid_request_error")
        case .queueFull: (.tooManyRequests, "rate_limit_error")
        case .inUse: (.conflict, "invalid_request_error")
        case .draining, .outOfMemory, .memoryBusy: (.serviceUnavailable, "server_error")
        case .noSpace: (.init(code: 507, reasonPhrase: "Insufficient Storage"), "server_error")
        default: (.internalServerError, "server_error")
        }
    }

    /// Any error as one a client may see: what is not meant for clients says nothing about the inside.
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as ServingError: self.init(error)
        default:
            if let full = ServingError(full: error) {
                self.init(full)
                return
            }
            self.init(
                .internalServerError, type: "server_error", code: "internal_error",
                "something went wrong inside Lares; its log has the details under this request's id")
        }
    }
}
