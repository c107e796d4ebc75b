import Foundation

/// Where the programs and the repository are.
enum Programs {
    /// `aittad` and `aitta` lie beside the tests; BIN names another directory.
    static let directory: String = {
        if let named = ProcessInfo.processInfo.environment["BIN"] { return named }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own ?? "/").deletingLastPathComponent().path()
    }()

    static let aittad = directory + "/aittad"
    static let aitta = directory + "/aitta"

    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path().trimmingSuffix("/")
}

extension String {
    func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
