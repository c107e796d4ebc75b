import Catalogue

extension Catalogue {
    private static let maximumBytes = 1 << 20

    /// The catalogue of a file; the shipped one where none is named.
    static func load(named path: String?) throws -> Catalogue {
        guard let path else { return .shipped }
        guard let bytes = readFile(path, maximumCount: maximumBytes) else {
            throw Failure(
                "the catalogue \(path) can't be read",
                hint: "it must be a file of at most 1 MiB that the daemon's user can read")
        }
        do throws(CatalogueError) {
            return try load(yaml: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Failure("\(path): \(error)", hint: error.hint)
        }
    }
}
