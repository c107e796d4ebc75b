/// An operation that must be authorised: a type for each, so that proof for one is none for another.
public protocol VaultOperation: Sendable {
    /// The permission that it needs.
    static var kind: OperationKind { get }
}

/// Read fields of records.
public enum ReadRecords: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.read
}

/// Create a record.
public enum CreateRecord: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.create
}

/// Change fields of a record.
public enum UpdateRecord: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.update
}

/// Find records by an exact value.
public enum SearchRecords: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.search
}

/// Compare a value without reading it.
public enum VerifyField: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.verify
}

/// Erase a record or compartments of it.
public enum EraseRecord: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.erase
}

/// List ids and states.
public enum ListRecords: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.list
}

/// Record that a consent was given or withdrawn.
public enum RecordConsent: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.recordConsent
}

/// Record that somebody objects, or no longer does.
public enum RecordObjection: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.recordObjection
}

/// Read the histories of consents and objections.
public enum ReadConsents: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readConsents
}

/// Restrict processing of a record, see whether it is, and lift it.
public enum RestrictProcessing: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.restrict
}

/// Protect a person's whereabouts, see who is protected, and end it.
public enum ProtectRecord: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.protect
}

/// Hold compartments of a record back from erasure, see what does, and end it.
public enum ManageHolds: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.hold
}

/// Read erasure certificates.
public enum ReadCertificates: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readCertificates
}

/// Add, list and revoke grants.
public enum ManageGrants: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.manageGrants
}

/// List roles.
public enum ReadRoles: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readRoles
}

/// Read the audit log.
public enum ReadAudit: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readAudit
}

/// Read the vault's state.
public enum ReadStatus: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readStatus
}

/// Make backups, rehearse a restore, and see what there is of both.
public enum BackUp: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.backUp
}

/// Read the vault's metrics.
public enum ReadMetrics: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readMetrics
}

/// Rotate the vault's keys, or change where the root key comes from.
public enum RotateKeys: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.rotateKeys
}

/// Read the vault's public keys.
public enum ReadKeys: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.readKeys
}

/// Change roles.
public enum ManageRoles: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.manageRoles
}

/// Make, list and revoke tokens.
public enum ManageTokens: VaultOperation {
    /// The permission that it needs.
    public static let kind = OperationKind.manageTokens
}
