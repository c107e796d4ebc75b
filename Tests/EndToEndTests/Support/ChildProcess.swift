import Foundation
import Glibc
import Testing

/// A process that was started, its standard output and error in files.
final class ChildProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let pid: pid_t
    private var status: CInt?

    /// - Parameters:
    ///   - arguments: the program, by its path or found in PATH, and its arguments.
    ///   - output: the file that standard output is appended to; standard error goes to `error`.
    ///   - input: the file that is standard input.
    init(
        _ arguments: [String], output: String, error: String, input: String = "/dev/null",
        environment: [String: String] = [:]
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        let writing = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, writing, 0o600)
        // What other tests have open is not for this process to keep open.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap({ CInt($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var pid = pid_t()
        let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AITTA_") }
        let merged = own.merging(environment) { _, new in new }.map { "\($0.key)=\($0.value)" }
        var arguments: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = merged.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        let code = posix_spawnp(&pid, arguments[0]!, &actions, nil, &arguments, &variables)
        guard code == 0 else {
            throw Failure(description: "can't start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    deinit {
        if !hasEnded {
            signal(SIGKILL)
            _ = try? wait()
        }
    }

    var hasEnded: Bool {
        if status != nil { return true }
        var found: CInt = 0
        guard waitpid(pid, &found, WNOHANG) == pid else { return false }
        status = found
        return true
    }

    func signal(_ number: CInt) {
        if status == nil { kill(pid, number) }
    }

    /// Waits until it has ended.
    ///
    /// - Returns: its exit code, or 128 and the number of the signal that ended it.
    func wait(atMostSeconds seconds: Int = 60) throws -> CInt {
        let isOver = Poll.until(atMostSeconds: seconds) { hasEnded }
        guard isOver, let status else { throw Failure(description: "\(pid) does not end") }
        let number = status & 0x7F
        return number == 0 ? (status >> 8) & 0xFF : 128 + number
    }
}

/// Looks again and again, for what another process does and can't tell of.
enum Poll {
    private static let intervalMicroseconds: UInt32 = 2000

    /// - Returns: whether it came true in time.
    static func until(atMostSeconds seconds: Int, _ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<(seconds * 1_000_000 / Int(intervalMicroseconds)) {
            if try condition() { return true }
            usleep(intervalMicroseconds)
        }
        return try condition()
    }
}
