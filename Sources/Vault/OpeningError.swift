/// Why a vault can't be opened, and what to do.
public struct OpeningError: Error, Sendable, Equatable {
    /// Stable codes.
    public enum Code: String, Sendable {
        case policyMissing = "policy_missing"
        case policyDamaged = "policy_damaged"
        case ledgerOlder = "ledger_older"
        case databaseOlder = "database_older"
        case keyringOlder = "keyring_older"
        case logOlder = "log_older"
        case logAltered = "log_altered"
        case vaultBoxMissing = "vault_box_missing"
        case erasureNotCarriedOut = "erasure_not_carried_out"
        case catalogueNarrowed = "catalogue_narrowed"
    }

    /// What is wrong.
    public let code: Code
    /// Where, if there is more to say.
    public let place: String?

    init(_ code: Code, at place: String? = nil) {
        self.code = code
        self.place = place
    }

    private static let choices =
        "put back the newest database, or restore from backups with `aittad restore`, or go on with this one "
        + "and lose what it lacks, with `aittad accept --older-database`"

    /// What to do.
    public var hint: String {
        switch code {
        case .policyMissing, .vaultBoxMissing:
            "the database is incomplete: put back one of this vault"
        case .policyDamaged:
            "the access policy in the database is not the one that the ledger knows: the database was "
                + "altered or put together from several; put back a whole one"
        case .ledgerOlder:
            "the ledger knows less than the database: put back the newest ledger, or people erased "
                + "since could return"
        case .databaseOlder:
            "the database lacks a change of the access policy that the ledger knows to be committed: "
                + Self.choices
        case .logOlder:
            "the audit log ends before what the ledger knows of it, so the database is an older one, or its "
                + "log was cut: " + Self.choices
        case .logAltered:
            "the audit log is not what the ledger knows of it, so a part of the database is older, or was "
                + "altered: " + Self.choices
        case .keyringOlder:
            "the ledger knows a later keyring: put that back, from a replica or from the newest escrow "
                + "with `aittad restore`; under this one keys that were destroyed would live again"
        case .erasureNotCarriedOut:
            "an erasure that the ledger holds could not be carried out on this database"
        case .catalogueNarrowed:
            "records hold fields that the catalogue no longer has: put them back into catalogue.yaml"
        }
    }
}

extension OpeningError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        code.rawValue.replacing("_", with: " ") + (place.map { ": \($0)" } ?? "")
    }
}
