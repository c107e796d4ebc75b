/// Why a `catalogue.yaml` was refused: where and what is wrong, and what to do.
public struct CatalogueError: Error, Sendable, Equatable {
    /// A stable code, such as `unknown-key`.
    public let rule: String
    /// The place as a pointer, such as `/fields/2/mask`; empty for the file as a whole.
    public let path: String
    /// The line, from 1, where it is known.
    public let line: Int?
    /// What to do about it.
    public let hint: String
}

extension CatalogueError: CustomStringConvertible {
    /// Line, place, rule and hint.
    public var description: String {
        let place = (line.map { "line \($0)" } ?? "catalogue") + (path.isEmpty ? "" : ", \(path)")
        return "\(place): \(rule): \(hint)"
    }
}
