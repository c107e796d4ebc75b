import VaultAPI

/// Rows that are sent together. The same file, map and batch size always give the same batches.
struct ImportBatch: Sendable {
    /// Counts from 0.
    var number: Int
    var rows: [ImportRow]
    /// Where the batch after it begins.
    var end: FilePosition
}

/// Cuts a file into batches.
struct Batcher {
    /// Bytes of records in one batch; leaves room in a request for what surrounds them.
    static let batchBytes = 640 << 10
    /// Bytes of one row's records; a larger row is refused here, since no request could hold it.
    static let rowBytes = 256 << 10

    private(set) var source: any RowSource
    private let rowsPerBatch: Int
    /// The number of the batch that comes next.
    private(set) var nextNumber: Int
    private var held: ImportRow?
    private var heldStart = FilePosition()

    init(_ source: any RowSource, rowsPerBatch: Int, firstNumber: Int) {
        self.source = source
        self.rowsPerBatch = rowsPerBatch
        self.nextNumber = firstNumber
    }

    /// The next batch; nil after the last.
    mutating func next() throws -> ImportBatch? {
        var rows: [ImportRow] = []
        rows.reserveCapacity(rowsPerBatch)
        var bytes = 0
        var end = source.position
        while rows.count < rowsPerBatch, let (row, start) = try take() {
            guard bytes + row.size <= Self.batchBytes else {
                (held, heldStart, end) = (row, start, start)
                break
            }
            bytes += row.size
            rows.append(row)
            end = source.position
        }
        guard !rows.isEmpty else { return nil }
        defer { nextNumber += 1 }
        return ImportBatch(number: nextNumber, rows: rows, end: end)
    }

    private mutating func take() throws -> (ImportRow, FilePosition)? {
        if let row = held {
            held = nil
            return (row, heldStart)
        }
        let start = source.position
        guard var row = try source.next() else { return nil }
        if row.size > Self.rowBytes {
            row.content = .failure(Rejection(CSVRow.Fault.rowSize.rawValue))
        }
        return (row, start)
    }
}
