public import Catalogue
public import Storage

/// Why an operation was refused or failed. Carries names, rules, ids and numbers, never a value.
public struct VaultError: Error, Sendable {
    /// Stable codes; the interface shows them as `urn:aitta:error:<code>`.
    public enum Code: String, Sendable, CaseIterable {
        case malformedRequest = "malformed_request"
        case purposeRequired = "purpose_required"
        case badToken = "bad_token"
        case notGranted = "not_granted"
        case unknownRecord = "unknown_record"
        case unknownGrant = "unknown_grant"
        case unknownRole = "unknown_role"
        case unknownToken = "unknown_token"
        case duplicate
        case conflict
        case erased
        case versionMismatch = "version_mismatch"
        case invalidValue = "invalid_value"
        case unknownField = "unknown_field"
        case idempotencyMismatch = "idempotency_mismatch"
        case restricted
        case tooManyAttempts = "too_many_attempts"
        case overBudget = "over_budget"
        case sealed
        case notReady = "not_ready"
        case diskFull = "disk_full"
        case outcomeUnknown = "outcome_unknown"
        case damaged
        case `internal`
    }

    /// What kind of error it is.
    public let code: Code
    /// Which parts of the request were wrong.
    public var failures: [ValidationFailure] = []
    /// The record that is in the way, for callers who may search for it.
    public var existing: RecordID?
    /// The field that a duplicate shares.
    public var field: String?
    /// The version that the record has.
    public var version: UInt64?
    /// When to try again.
    public var retryAfterSeconds: Int?
    /// A sentence for people; never a value.
    public var detail: String?
    /// Whether it is refused only because the keys changed while it was prepared: to be prepared again.
    var isKeyChange = false

    /// Makes an error of a code alone, or with a sentence.
    public init(_ code: Code, detail: String? = nil) {
        self.code = code
        self.detail = detail
    }

    /// Makes an error about parts of the request.
    public init(_ code: Code, failures: [ValidationFailure]) {
        self.code = code
        self.failures = failures
    }

    /// Makes an error about one part of the request.
    public init(_ code: Code, pointer: String, _ rule: ValidationRule) {
        self.init(code, failures: [ValidationFailure(pointer: pointer, rule)])
    }
}

extension VaultError {
    /// To be prepared again, see ``RecordVault/preparing(_:)``.
    static var keysChanged: VaultError {
        var error = VaultError(.conflict, detail: "the keys are being changed; try again")
        error.isKeyChange = true
        return error
    }

    /// What a store's error means to a caller.
    init(_ error: StoreError) {
        // Both have cases of the same names: without `Code` this would call itself.
        switch error {
        case .outcomeUnknown: self.init(Code.outcomeUnknown)
        case .diskFull: self.init(Code.diskFull)
        case .notWritable, .closed, .missing: self.init(Code.notReady)
        case .corrupt(let place): self.init(Code.damaged, detail: "table \(place)")
        case .unknownSchema, .unexpected, .alreadyExists: self.init(Code.internal)
        }
    }
}
