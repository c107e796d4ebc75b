import VaultClient

/// A row of the file, made ready to be sent.
struct ImportRow: Sendable, Equatable {
    /// What a row asks the vault to create.
    struct Content: Sendable, Equatable {
        var kind: NewRecord.Kind
        /// The record as an object of JSON.
        var record: [UInt8]
        /// The company's contact person, as an object without its company.
        var contact: [UInt8]?
    }

    /// The line on which it begins.
    var line: Int
    /// The fields as they stood in the file, for the file of rejected rows.
    var columns: [ArraySlice<UInt8>]
    /// What to create, or why the row can't be sent.
    var content: Result<Content, Rejection>

    /// Bytes that it adds to requests, in all.
    var size: Int {
        guard case .success(let content) = content else { return 0 }
        return content.record.count + (content.contact?.count ?? 0)
    }
}

/// Why a row did not go in: rules and the places where they are broken, never values.
struct Rejection: Error, Sendable, Equatable {
    var reasons: [String]

    init(_ reasons: [String]) {
        self.reasons = reasons
    }

    init(_ reason: String) {
        self.init([reason])
    }
}

/// Where in a file to go on.
struct FilePosition: Sendable, Equatable {
    var offset = 0
    var line = 1
}

/// A file of rows.
protocol RowSource {
    /// The names of its columns, for the file of rejected rows.
    var columns: [String] { get }
    /// What separates the fields, there as well.
    var separator: UInt8 { get }
    /// Where the next row begins.
    var position: FilePosition { get }
    /// The next row; nil at the end.
    mutating func next() throws -> ImportRow?
}
