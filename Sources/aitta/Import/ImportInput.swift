import Glibc

/// The file to import and the map for it, opened and checked.
final class ImportInput {
    enum Format: Equatable {
        case csv(ImportMap, mapName: String)
        case jsonLines
    }

    private static let mapBytes = 1 << 20

    let path: String
    let format: Format
    let checksum: String
    let mapChecksum: String
    let size: Int
    private let descriptor: Int32

    init(path: String, mapPath: String?) throws {
        self.path = path
        switch (path.hasSuffix(".jsonl"), mapPath) {
        case (true, nil):
            format = .jsonLines
            mapChecksum = ""
        case (true, .some): throw Failure.usage("JSON lines need no map")
        case (false, let mapPath?):
            let yaml = try FileBytes.read(path: mapPath, limit: Self.mapBytes)
            format = .csv(try ImportMap(yaml: yaml, name: mapPath), mapName: mapPath)
            mapChecksum = Checksum.of(yaml)
        case (false, nil):
            throw Failure.usage(
                "a CSV file needs a map", hint: "tools/import/web-shop.yaml is one to start from")
        }
        descriptor = try Self.open(path)
        let whole = try Checksum.of(ByteReader(descriptor: descriptor, name: path))
        checksum = whole.text
        size = whole.size
    }

    deinit { close(descriptor) }

    var progressPath: String { path + ".progress" }
    var rejectedPath: String { path + ".rejected" }

    /// The rows from a position on; nil for the first row.
    func rows(from position: FilePosition?) throws -> any RowSource {
        switch format {
        case .csv(let map, let mapName):
            try CSVRowSource(map: map, mapName: mapName, from: position, open: reader)
        case .jsonLines:
            try JSONLinesSource(
                reader(at: position ?? FilePosition()), line: position?.line ?? 1)
        }
    }

    private func reader(at position: FilePosition) throws -> ByteReader {
        guard lseek(descriptor, position.offset, SEEK_SET) == position.offset else {
            throw Failure("can't read \(path): \(ErrorNumber.text)")
        }
        return ByteReader(descriptor: descriptor, offset: position.offset, name: path)
    }

    /// Opens and locks the file: two imports of it at once would create each record twice.
    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("can't open \(path): \(ErrorNumber.text)") }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            close(descriptor)
            throw Failure("\(path) is no regular file", hint: "write it to a file first")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure("another import of \(path) is running")
        }
        return descriptor
    }
}
