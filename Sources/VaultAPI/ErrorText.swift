/// What an error says to people: one line that names what is wrong, and where it helps, one that
/// says what to do.
extension ErrorCode {
    /// The member `title` of a problem (RFC 9457, 3.1.3): the same for every occurrence.
    public var title: String {
        switch self {
        case .malformedJSON: "the body is not valid JSON"
        case .malformedRequest: "the request is malformed"
        case .purposeRequired: "a purpose is required"
        case .badToken: "the token is not valid"
        case .notGranted: "no grant allows this"
        case .wrongPassphrase: "the passphrase does not open the vault"
        case .unknownRecord: "there is no such record"
        case .noSuchRoute: "there is no such route"
        case .methodNotAllowed: "the route does not take this method"
        case .timeout: "the request took too long to arrive"
        case .duplicate: "a record with this value exists already"
        case .conflict: "another change came first"
        case .erased: "the record was erased"
        case .versionMismatch: "the record has another version"
        case .bodyTooLarge: "the body is too large"
        case .notJSON: "the body must be JSON"
        case .invalidValue: "a value breaks a rule"
        case .unknownField: "there is no such field"
        case .idempotencyMismatch: "the idempotency key was used for another request"
        case .restricted: "the record is restricted"
        case .tooManyAttempts: "too many failed attempts"
        case .overBudget: "the budget for this hour is used up"
        case .tooManyRequests: "too many requests of a caller without any grant"
        case .headerTooLarge: "the header is too large"
        case .sealed: "the vault waits for its passphrase"
        case .notReady: "the vault is not ready"
        case .tooManyConnections: "too many connections"
        case .diskFull: "the disk is full"
        case .outcomeUnknown: "it is unknown whether the change was written"
        }
    }

    /// What the caller can do about it, where something general can be said.
    public var defaultHint: String? {
        switch self {
        case .purposeRequired:
            "send the header Aitta-Purpose with a purpose that a grant of yours allows"
        case .notGranted:
            "an administrator can grant a role that allows it for this purpose"
        case .restricted: "only the rights roles may process it, for data-subject-rights"
        case .conflict: "read the record again and repeat the change"
        case .versionMismatch: "read the record again, then update with its current version"
        case .bodyTooLarge: "send fewer operations in one request"
        case .notJSON: "send Content-Type: application/json"
        case .idempotencyMismatch: "use a new Idempotency-Key for every new request"
        case .tooManyAttempts, .tooManyRequests: "wait for as long as Retry-After says"
        case .overBudget:
            "wait for as long as Retry-After says; an administrator can grant a larger budget"
        case .wrongPassphrase: "type it again; a few attempts a minute are taken"
        case .sealed: "the daemon's own user or root gives it with aitta unseal"
        case .notReady, .tooManyConnections: "try again in a moment"
        case .diskFull: "free some space; nothing was written"
        case .outcomeUnknown:
            "repeat the request with the same Idempotency-Key once the vault is ready again"
        default: nil
        }
    }
}
