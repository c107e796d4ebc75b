import Glibc
import Synchronization
import Vault

/// Shows on a terminal how far a restore is.
final class RestoreProgress: Sendable {
    let progress = BackupProgress()
    private let isRunning = Atomic<Bool>(false)

    /// Begins to show, if there is a terminal.
    func start() {
        guard isatty(STDERR_FILENO) == 1 else { return }
        isRunning.store(true, ordering: .relaxed)
        Task.detached { [self] in
            while isRunning.load(ordering: .relaxed) {
                let (phase, done, total) = progress.current
                write("\r\(phase.rawValue) \(done) of \(total)\u{1B}[K", to: STDERR_FILENO)
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Clears the line.
    func stop() {
        if isRunning.exchange(false, ordering: .relaxed) { write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}
