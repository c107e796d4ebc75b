import Glibc

/// FILE.rejected: the rows that did not go in, as they stood in the file, each with its line and
/// its reasons before it. It holds personal data, so only its owner may read it.
final class RejectedFile {
    let path: String
    private let separator: UInt8
    private let columns: [String]
    private var descriptor: Int32 = -1
    /// How long the file is.
    private(set) var size: Int

    /// - Parameter keeping: how much of a file from before the interruption holds; the rest is cut
    ///   off, since its rows come again. 0 begins anew.
    init(_ path: String, columns: [String], separator: UInt8, keeping: Int) throws {
        self.path = path
        self.columns = columns
        self.separator = separator
        self.size = keeping
        if keeping == 0 {
            try PrivateFile.remove(path)
        } else {
            descriptor = try PrivateFile.append(path)
            guard lseek(descriptor, 0, SEEK_END) >= keeping else {
                throw Failure(
                    "\(path) is shorter than it was when the import was interrupted",
                    hint: "put it back as it was")
            }
            guard ftruncate(descriptor, keeping) == 0, lseek(descriptor, 0, SEEK_END) == keeping
            else { throw Failure("can't write \(path): \(ErrorNumber.text)") }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Adds rows. The file appears with the first.
    func append(_ rows: [RejectedRow]) throws {
        guard !rows.isEmpty else { return }
        var bytes: [UInt8] = []
        if descriptor < 0 {
            descriptor = try PrivateFile.create(path)
            let isAgain = columns.starts(with: RowAssembler.rejectionColumns)
            let names = RowAssembler.rejectionColumns + columns.dropFirst(isAgain ? 2 : 0)
            CSVWriter.append(
                names.map { Array($0.utf8)[...] }, separator: separator, to: &bytes)
        }
        let isAgain = columns.starts(with: RowAssembler.rejectionColumns)
        for row in rows {
            let reason = row.reasons.joined(separator: "; ")
            let fields =
                [Array(String(row.line).utf8)[...], Array(reason.utf8)[...]]
                + row.columns.dropFirst(isAgain ? 2 : 0)
            CSVWriter.append(fields, separator: separator, to: &bytes)
        }
        try PrivateFile.write(bytes, to: descriptor, path)
        size += bytes.count
    }

    /// Makes what was added survive a loss of power.
    func sync() throws {
        if descriptor >= 0 { try PrivateFile.sync(descriptor, path) }
    }
}
