/// Why a store could not do what was asked. Carries no value and no SQL.
public enum StoreError: Error, Sendable, Equatable {
    /// Whether the group is on disk can't be known: an I/O error struck the log. The store serves
    /// nothing more; the process must end without a checkpoint and start anew.
    case outcomeUnknown
    /// No room on the disk; nothing was written.
    case diskFull
    /// The database can't be written: read-only file, directory or file system.
    case notWritable
    /// The database's content contradicts itself; `place` names the table.
    case corrupt(place: String)
    /// The schema is of a version that this program doesn't know.
    case unknownSchema(version: Int)
    /// There is no database at this place.
    case missing
    /// There is a database at this place already, where a new one was to be made.
    case alreadyExists
    /// The store has been closed, or has failed before.
    case closed
    /// Anything else, with SQLite's or PostgreSQL's result code.
    case unexpected(code: Int)
}
