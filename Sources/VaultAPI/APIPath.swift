/// Paths of the routes. Those of one record take its id, or for a router's pattern a parameter
/// such as `:id` or `{id}`.
public enum APIPath {
    /// Is the process alive? Needs no grant.
    public static let health = "/healthz"
    /// Would the vault serve? Needs no grant.
    public static let ready = "/readyz"
    /// What the daemon measures, as Prometheus' text.
    public static let metrics = "/metrics"
    /// The description of the interface (OpenAPI 3.1).
    public static let openAPI = "/v1/openapi.yaml"
    /// State of the vault: counts only.
    public static let status = "/v1/status"
    /// Open a vault that waits for its passphrase.
    public static let unseal = "/v1/unseal"
    /// Change where the root key comes from.
    public static let rootKey = "/v1/keys/root"
    /// Rotation of the keys.
    public static let rotation = "/v1/keys/rotation"
    /// Say that the clock is right (POST).
    public static let clockConfirmation = "/v1/clock/confirmation"
    /// Create (POST) and list (GET).
    public static let records = "/v1/records"
    /// Search by one field, or many queries at once.
    public static let search = "/v1/search"
    /// Many records at once.
    public static let batchRead = "/v1/batch/read"
    /// Many changes at once, each atomic alone.
    public static let batchWrite = "/v1/batch/write"
    /// Who may what: list (GET) and add (POST).
    public static let grants = "/v1/grants"
    /// Whether something is allowed, and by which rule.
    public static let grantExplanation = "/v1/grants/explanation"
    /// Tokens of services that share a uid: list (GET) and make (POST).
    public static let tokens = "/v1/tokens"
    /// Roles and their permissions.
    public static let roles = "/v1/roles"
    /// How the vault's signing keys followed each other.
    public static let keyHistory = "/v1/keys/history"
    /// Public keys of the vault.
    public static let keys = "/v1/keys"
    /// Entries of the audit log.
    public static let auditEntries = "/v1/audit/entries"
    /// The log's latest checkpoint, and the key that it verifies by.
    public static let auditCheckpoint = "/v1/audit/checkpoint"
    /// Proofs: that an entry is in the log, or that the log only grew.
    public static let auditProof = "/v1/audit/proof"
    /// What a principal's accesses touched, signed.
    public static let auditScope = "/v1/audit/scope"
    /// What runs, the last results and the parts (GET); start a backup (POST).
    public static let backups = "/v1/backups"
    /// Rehearse a restore (POST).
    public static let backupDrill = "/v1/backups/drill"
    /// Put grants in force again that a restore has suspended (POST).
    public static let grantConfirmation = "/v1/grants/confirmation"
    /// Protections that end soon.
    public static let protections = "/v1/protections"

    /// Read (GET) and update (PATCH) one record.
    public static func record(_ id: String) -> String { records + "/" + id }
    /// Compare a value with a field without reading it.
    public static func verify(_ id: String) -> String { record(id) + "/verify" }
    /// Contact persons of a company.
    public static func contacts(_ id: String) -> String { record(id) + "/contacts" }
    /// Erase (POST); certificates of it (GET).
    public static func erasure(_ id: String) -> String { record(id) + "/erasure" }
    /// What was done with a record.
    public static func history(_ id: String) -> String { record(id) + "/history" }
    /// Record a consent or its withdrawal (POST); the history (GET).
    public static func consents(_ id: String) -> String { record(id) + "/consents" }
    /// The history of objections.
    public static func objections(_ id: String) -> String { record(id) + "/objections" }
    /// Record an objection to a purpose (PUT), and that it is lifted (DELETE).
    public static func objection(_ id: String, _ purpose: String) -> String {
        objections(id) + "/" + purpose
    }
    /// Restrict processing (PUT), see whether it is (GET), lift it (DELETE).
    public static func restriction(_ id: String) -> String { record(id) + "/restriction" }
    /// Protect whereabouts (PUT), see whether they are (GET), end it (DELETE).
    public static func protection(_ id: String) -> String { record(id) + "/protection" }
    /// What holds a record back from erasure (GET).
    public static func holds(_ id: String) -> String { record(id) + "/holds" }
    /// Set a hold (PUT), and end it (DELETE).
    public static func hold(_ id: String, _ name: String) -> String { holds(id) + "/" + name }
    /// Show (GET), set (PUT) and delete (DELETE) one role.
    public static func role(_ name: String) -> String { roles + "/" + name }
    /// Revoke one token (DELETE).
    public static func token(_ name: String) -> String { tokens + "/" + name }
    /// Revoke one grant (DELETE).
    public static func grant(_ id: String) -> String { grants + "/" + id }
}
