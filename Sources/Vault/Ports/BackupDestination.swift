/// Where parts of backups are put: a directory, as a rule on another disk.
///
/// It holds ciphertext that the keyring opens and nothing that opens it. A part appears under its name
/// only once all of it is on disk.
public protocol BackupDestination: Sendable {
    /// How reports call it: its path.
    var name: String { get }

    /// Throws unless parts can be put there, by nobody else's leave and out of others' sight.
    func check() throws(BackupFailure)

    /// The names of the parts that are whole.
    func names() throws(BackupFailure) -> [String]

    /// Removes what interrupted runs have left.
    func removePartials() throws(BackupFailure)

    /// Begins a part of this name, which must not be there yet.
    func create(_ name: String) throws(BackupFailure) -> any BackupSink

    /// Opens a part, from what is on disk.
    func open(_ name: String) throws(BackupFailure) -> any BackupSource
}

/// A part that is being written; used by one caller.
public protocol BackupSink: AnyObject {
    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(BackupFailure)

    /// Syncs the part, gives it its name, and syncs the directory.
    func finish() throws(BackupFailure)

    /// Takes back what was written.
    func abandon()
}

/// A part that is being read, front to back; used by one caller.
public protocol BackupSource: AnyObject {
    /// How many bytes it has.
    var size: UInt64 { get }

    /// The next bytes: `count`, or fewer at the end.
    func read(_ count: Int) throws(BackupFailure) -> [UInt8]

    /// Passes over bytes.
    func skip(_ count: Int) throws(BackupFailure)
}

/// Why something about a backup could not be done: what, where, and what to do.
public struct BackupFailure: Error, Sendable, Equatable {
    /// Stable codes.
    public enum Code: String, Sendable {
        case directoryUnusable = "backup_directory_unusable"
        case notWritten = "backup_not_written"
        case unreadable = "backup_unreadable"
        case damaged = "backup_damaged"
        case badSignature = "backup_bad_signature"
        case ofOtherVault = "backup_of_other_vault"
        case baseMissing = "backup_base_missing"
        case older = "backup_older"
        case notOpened = "backup_not_opened"
        case busy = "backup_busy"
        case interrupted = "backup_interrupted"
    }

    /// What went wrong.
    public let code: Code
    /// Where: a directory or a file.
    public let place: String
    /// What to do.
    public let hint: String?

    /// Makes one of its parts.
    public init(_ code: Code, at place: String, hint: String? = nil) {
        self.code = code
        self.place = place
        self.hint = hint
    }
}

extension BackupFailure: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        "\(code.rawValue.replacing("_", with: " ")): \(place)"
    }
}
