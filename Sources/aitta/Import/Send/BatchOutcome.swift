import VaultClient

/// What became of a batch.
struct BatchOutcome: Sendable, Equatable {
    var number: Int
    /// Where the batch after it begins.
    var end: FilePosition
    var rows: Int
    /// Records created, by kind.
    var created: [NewRecord.Kind: Int] = [:]
    var rejected: [RejectedRow] = []
}

/// A row that did not go in.
struct RejectedRow: Sendable, Equatable {
    var line: Int
    var columns: [ArraySlice<UInt8>]
    var reasons: [String]
}
