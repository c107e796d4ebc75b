import Logging
import Synchronization

@testable import VaultServer

/// Keeps what is logged.
final class LogRecorder: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in
            JSONLogHandler(level: .trace) { line in self.bytes.withLock { $0 += line } }
        }
        logger.logLevel = .trace
        return logger
    }
}
