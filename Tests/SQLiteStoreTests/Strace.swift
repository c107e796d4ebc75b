import Foundation
import Glibc
import Testing

/// strace attached to this process, which must be a process of the test's own.
final class Strace {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")

    private let process = Process()
    private let errors = Pipe()
    private let output = NSTemporaryDirectory() + "aitta-strace-" + UUID().uuidString

    /// Attaches, and returns once it is attached.
    init(_ options: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments =
            ["-f", "-e", "trace=fsync,fdatasync", "-o", output] + options
            + ["-p", "\(ProcessInfo.processInfo.processIdentifier)"]
        process.standardError = errors
        try process.run()
        var text = ""
        while !text.contains("attached") {
            let bytes = errors.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "strace could not attach: \(text)")
            text += String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Detaches.
    ///
    /// - Returns: The calls that were traced.
    func end() throws -> [Substring] {
        // It inherits the blocked signals of a dispatch thread, so that no gentler one reaches it;
        // the kernel detaches what it traced, and it writes each line at once.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        try FileManager.default.removeItem(atPath: output)
        return text.split(separator: "\n").filter { $0.contains("sync(") }
    }
}
