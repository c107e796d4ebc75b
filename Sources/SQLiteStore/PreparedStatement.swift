import GRDB
import GRDBSQLite
import Storage

/// A statement that its connection keeps prepared, used through SQLite's own functions: a point
/// read takes half the time of one through GRDB's rows (docs/PERFORMANCE.md, "Store").
///
/// GRDB's statement cache owns it for as long as the connection is open. Only the caller who has
/// the connection to itself may use it.
struct PreparedStatement {
    let pointer: OpaquePointer
    let place: StaticString

    /// Prepares `sql`, which uses the table `place`.
    init(_ database: Database, _ place: StaticString, _ sql: String) throws {
        pointer = try database.cachedStatement(sql: sql).sqliteStatement
        self.place = place
    }

    /// Carries the statement out; rows, if any, are passed over.
    func run() throws(StoreError) {
        defer { reset() }
        while try step() {}
    }

    /// Carries out a statement that changes exactly one row.
    func runOnOneRow() throws(StoreError) {
        try run()
        guard changedRows == 1 else { throw .nothingThere }
    }

    /// Carries out a COMMIT. A full disk is told while pages are written, before the one that
    /// commits; any other error may come after it.
    func runCommit() throws(StoreError) {
        do throws(StoreError) {
            try run()
        } catch {
            guard error == .diskFull || error == .unexpected(code: Int(SQLITE_BUSY)) else {
                throw .outcomeUnknown
            }
            throw error
        }
    }

    /// Goes to the next row; `false` at the end. The caller resets the statement, error or not.
    func step() throws(StoreError) -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw storeError(code, place: place)
        }
    }

    /// Ends the statement, which gives its snapshot back. Says again what `step` has said.
    func reset() {
        sqlite3_reset(pointer)
    }

    /// How many rows the connection's last change touched.
    var changedRows: Int32 {
        sqlite3_changes(sqlite3_db_handle(pointer))
    }
}

/// SQLite copies what is bound: it outlives no call.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension PreparedStatement {
    func bind(_ index: Int32, _ value: Int64) throws(StoreError) {
        try check(sqlite3_bind_int64(pointer, index, value))
    }

    func bind(_ index: Int32, _ value: UInt64) throws(StoreError) {
        guard let value = Int64(exactly: value) else { throw .numberTooLarge }
        try bind(index, value)
    }

    func bind(_ index: Int32, _ value: SegmentID) throws(StoreError) {
        try bind(index, Int64(value.number))
    }

    func bind(_ index: Int32, _ value: RecordID) throws(StoreError) {
        let halves = (value.high.bigEndian, value.low.bigEndian)
        let code = withUnsafeBytes(of: halves) { bytes in
            sqlite3_bind_blob(pointer, index, bytes.baseAddress, 16, copied)
        }
        try check(code)
    }

    func bind(_ index: Int32, _ value: String) throws(StoreError) {
        try check(sqlite3_bind_text(pointer, index, value, -1, copied))
    }

    func bind(_ index: Int32, _ value: [UInt8]) throws(StoreError) {
        let code = value.withUnsafeBytes { bytes in
            // A null pointer would bind NULL.
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(pointer, index, 0)
                : sqlite3_bind_blob64(
                    pointer, index, bytes.baseAddress, UInt64(bytes.count), copied)
        }
        try check(code)
    }

    private func check(_ code: Int32) throws(StoreError) {
        guard code == SQLITE_OK else { throw storeError(code, place: place) }
    }
}

extension PreparedStatement {
    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(pointer, column)
    }

    /// A number that is never negative.
    func count(_ column: Int32) throws(StoreError) -> UInt64 {
        guard let value = UInt64(exactly: integer(column)) else { throw contradiction }
        return value
    }

    func segment(_ column: Int32) throws(StoreError) -> SegmentID {
        guard let number = UInt32(exactly: integer(column)) else { throw contradiction }
        return SegmentID(number)
    }

    func bytes(_ column: Int32) throws(StoreError) -> [UInt8] {
        let start = sqlite3_column_blob(pointer, column)
        let count = Int(sqlite3_column_bytes(pointer, column))
        guard count > 0 else { return [] }
        guard let start else { throw .unexpected(code: Int(SQLITE_NOMEM)) }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    func recordID(_ column: Int32) throws(StoreError) -> RecordID {
        let start = sqlite3_column_blob(pointer, column)
        guard sqlite3_column_bytes(pointer, column) == 16, let start else { throw contradiction }
        return RecordID(
            high: UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// What is thrown when a row can't be as it is.
    var contradiction: StoreError { .corrupt(place: place.description) }
}
