import VaultAPI

/// The request-target of a request line (RFC 9112, 3.2).
enum RequestTarget {
    /// Path and query of a target in origin form, or in absolute form for `http`.
    static func path(of target: String) throws(Problem) -> String {
        if target.utf8.first == UInt8(ascii: "/") { return target }
        let scheme = "http://"
        guard target.utf8.starts(with: scheme.utf8),
            let slash = target.utf8.dropFirst(scheme.utf8.count).firstIndex(of: UInt8(ascii: "/"))
        else {
            throw Problem(.malformedRequest, detail: "the request target is not a path")
        }
        return String(target[slash...])
    }
}
