import Foundation
import Testing

/// A library of Tests/Shims that is put between a program and the system.
enum Shim: String {
    case copyAtSync = "copy_at_sync"
    case loseWrites = "lose_writes"

    private static let copyAtSyncPath = Result { try compiled(.copyAtSync) }
    private static let loseWritesPath = Result { try compiled(.loseWrites) }

    /// The library, compiled once a run.
    var path: String {
        get throws {
            switch self {
            case .copyAtSync: try Self.copyAtSyncPath.get()
            case .loseWrites: try Self.loseWritesPath.get()
            }
        }
    }

    private static func compiled(_ shim: Shim) throws -> String {
        let directory = Programs.repository + "/.build/shims"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let library = "\(directory)/\(shim.rawValue).so"
        let source = Programs.repository + "/Tests/Shims/\(shim.rawValue).c"
        let run = try Command.run([
            "gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, source,
            "-ldl", "-lpthread",
        ])
        try #require(run.status == 0, "\(run.error)")
        return library
    }
}
