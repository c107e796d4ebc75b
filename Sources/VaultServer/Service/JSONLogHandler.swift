import Glibc
public import Logging
import StrictJSON

/// Writes each log message as one line of JSON to standard error.
///
/// It keeps `level`, `time`, `message` and the metadata that the caller gives; where a message comes
/// from it leaves out. What is no part of a message can't hold a value: callers give codes, ids
/// and route templates, never paths and never descriptions of errors.
public struct JSONLogHandler: LogHandler {
    /// The least severe level that is written.
    public var logLevel: Logger.Level
    /// Metadata of every message.
    public var metadata: Logger.Metadata = [:]
    /// Further metadata of every message.
    public var metadataProvider: Logger.MetadataProvider?
    private let write: @Sendable ([UInt8]) -> Void

    /// Makes a handler that writes to standard error.
    public init(level: Logger.Level) {
        self.init(level: level, write: writeToStandardError)
    }

    init(level: Logger.Level, write: @escaping @Sendable ([UInt8]) -> Void) {
        logLevel = level
        self.write = write
    }

    /// One item of the metadata of every message.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a message.
    public func log(event: LogEvent) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("level", event.level.rawValue)
        writer.member("time", timestamp())
        writer.member("message", event.message.description)
        let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            writer.member(name, value.description)
        }
        writer.endObject()
        write(writer.bytes + [UInt8(ascii: "\n")])
    }
}

/// One write per line, so that lines of several threads don't mix.
private func writeToStandardError(_ line: [UInt8]) {
    _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Now, as RFC 3339 UTC with milliseconds.
private func timestamp() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
        let length = strftime(buffer.baseAddress!, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let seconds = String(
            decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let milliseconds = String(now.tv_nsec / 1_000_000)
        return seconds + "." + String(repeating: "0", count: 3 - milliseconds.count)
            + milliseconds + "Z"
    }
}
