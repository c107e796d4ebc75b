/// The stable codes that errors of the HTTP interface carry, in the member `code` and at the end
/// of `type` (`urn:aitta:error:CODE`). Programs decide by the code alone; title, detail and hint
/// are for people and may change.
public enum ErrorCode: String, Sendable, Hashable, CaseIterable {
    case malformedJSON = "malformed_json"
    case malformedRequest = "malformed_request"
    case purposeRequired = "purpose_required"
    case badToken = "bad_token"
    case notGranted = "not_granted"
    case wrongPassphrase = "wrong_passphrase"
    case unknownRecord = "unknown_record"
    case noSuchRoute = "no_such_route"
    case methodNotAllowed = "method_not_allowed"
    case timeout
    case duplicate
    case conflict
    case erased
    case versionMismatch = "version_mismatch"
    case bodyTooLarge = "body_too_large"
    case notJSON = "not_json"
    case invalidValue = "invalid_value"
    case unknownField = "unknown_field"
    case idempotencyMismatch = "idempotency_mismatch"
    case restricted
    case tooManyAttempts = "too_many_attempts"
    case overBudget = "over_budget"
    case tooManyRequests = "too_many_requests"
    case headerTooLarge = "header_too_large"
    case sealed
    case notReady = "not_ready"
    case tooManyConnections = "too_many_connections"
    case diskFull = "disk_full"
    case outcomeUnknown = "outcome_unknown"

    /// The HTTP status that goes with the code.
    public var status: Int {
        switch self {
        case .malformedJSON, .malformedRequest, .purposeRequired: 400
        case .badToken: 401
        case .notGranted, .wrongPassphrase: 403
        case .unknownRecord, .noSuchRoute: 404
        case .methodNotAllowed: 405
        case .timeout: 408
        case .duplicate, .conflict: 409
        case .erased: 410
        case .versionMismatch: 412
        case .bodyTooLarge: 413
        case .notJSON: 415
        case .invalidValue, .unknownField, .idempotencyMismatch: 422
        case .restricted: 423
        case .tooManyAttempts, .overBudget, .tooManyRequests: 429
        case .headerTooLarge: 431
        case .sealed, .notReady, .tooManyConnections, .diskFull, .outcomeUnknown: 503
        }
    }

    /// The member `type` of a problem (RFC 9457, 3.1.1).
    public var type: String { "urn:aitta:error:" + rawValue }
}
