import Glibc
import Vault

/// A witness that is a program: it gets the note on its standard input, and has taken it if it ends
/// with 0 in time.
///
/// No shell reads the command. The program gets PATH and nothing else of the environment, no file
/// that the daemon has open but its input, and what it writes is dropped. It runs as the daemon's user.
struct WitnessCommand: CheckpointWitness {
    private static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The program, by its absolute path, and its arguments.
    let arguments: [String]
    var timeoutMilliseconds = 10_000

    func held() async throws(WitnessFailure) -> WitnessedNote? { nil }

    func take(_ note: [UInt8]) async throws(WitnessFailure) {
        let child = try start(note)
        var status: CInt = 0
        for _ in 0..<(timeoutMilliseconds / Self.pollMilliseconds) {
            switch waitpid(child, &status, WNOHANG) {
            case child: return try check(status)
            case 0: break
            default: throw WitnessFailure("command-lost")
            }
            try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
        // The whole group: what the program has started ends with it.
        kill(-child, SIGKILL)
        waitpid(child, &status, 0)
        throw WitnessFailure("command-timeout")
    }

    private static let pollMilliseconds = 10

    private func check(_ status: CInt) throws(WitnessFailure) {
        let signal = status & 0x7F
        guard signal == 0 else { throw WitnessFailure("command-signal-\(signal)") }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw WitnessFailure("command-exit-\(code)") }
    }

    private func start(_ note: [UInt8]) throws(WitnessFailure) -> pid_t {
        let input = try pipe(holding: note)
        defer { close(input) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // Not all that the daemon's libraries open is closed by exec(3).
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup(Self.path), nil]
        defer { for text in words + environment { free(text) } }
        var child = pid_t()
        guard posix_spawn(&child, words[0]!, &actions, &attributes, &words, &environment) == 0
        else { throw WitnessFailure("command-not-started") }
        return child
    }

    private func openDescriptors() -> [CInt] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var descriptors: [CInt] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let descriptor = CInt(name) { descriptors.append(descriptor) }
        }
        return descriptors
    }

    /// A pipe that was filled before anybody reads: a program that never does can't hold the daemon.
    private func pipe(holding note: [UInt8]) throws(WitnessFailure) -> CInt {
        var ends: [CInt] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw WitnessFailure("command-not-started") }
        defer { close(ends[1]) }
        guard ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }),
            fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0,
            note.withUnsafeBytes({ write(ends[1], $0.baseAddress, $0.count) }) == note.count
        else {
            close(ends[0])
            throw WitnessFailure("command-not-started")
        }
        return ends[0]
    }
}
