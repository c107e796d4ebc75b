/// JSON Pointer (RFC 6901): the name of a place in a JSON text, as errors give it.
public enum JSONPointer {
    /// A member's name as one reference token: `~` becomes `~0`, `/` becomes `~1`.
    public static func escape(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") })
        else { return name }
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The pointer to a place reached through `names`, from the root: `/fields/name/family`.
    public static func to(_ names: String...) -> String {
        names.map { "/" + escape($0) }.joined()
    }
}
