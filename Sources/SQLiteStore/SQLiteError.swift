import GRDB
import GRDBSQLite
import Storage

/// The store error for an (extended) result code of SQLite, struck while using table `place`.
func storeError(_ code: Int32, place: StaticString) -> StoreError {
    switch code & 0xFF {
    case SQLITE_FULL: .diskFull
    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: .notWritable
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(place: place.description)
    default: .unexpected(code: Int(code))
    }
}

/// The store error for what GRDB threw. Its message and SQL are dropped.
func storeError(_ error: any Error, place: StaticString) -> StoreError {
    switch error {
    case let error as StoreError: error
    case let error as DatabaseError:
        storeError(error.extendedResultCode.rawValue, place: place)
    default: .unexpected(code: Int(SQLITE_ERROR))
    }
}

extension StoreError {
    /// A mutation names a record or segment that isn't there.
    static let nothingThere = StoreError.unexpected(code: Int(SQLITE_NOTFOUND))

    /// A number that the database can't hold.
    static let numberTooLarge = StoreError.unexpected(code: Int(SQLITE_TOOBIG))

    /// Whether the error is the fault of one mutation, so that its neighbours may go on.
    var concernsOneMutation: Bool {
        guard case .unexpected(let code) = self else { return false }
        return [SQLITE_NOTFOUND, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH]
            .contains(Int32(truncatingIfNeeded: code) & 0xFF)
    }

    /// Whether the system failed to read or write a file.
    var isInputOutput: Bool {
        guard case .unexpected(let code) = self else { return false }
        return Int32(truncatingIfNeeded: code) & 0xFF == SQLITE_IOERR
    }
}
