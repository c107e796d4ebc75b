import Glibc

/// A thread of its own for commits: an fsync never holds a thread that could serve.
final class CommitThread: TaskExecutor, @unchecked Sendable {
    private let signal = ThreadSignal()
    private var jobs: [UnownedJob] = []
    private var isStopped = false

    init() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<CommitThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(status == 0, "the system refuses a thread for commits")
        pthread_detach(thread)
    }

    /// Takes a job; any thread.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        signal.withLock {
            jobs.append(job)
            signal.wake()
        }
    }

    /// Ends the thread once its jobs are done.
    func stop() {
        signal.withLock {
            isStopped = true
            signal.wake()
        }
    }

    private func run() {
        while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func next() -> UnownedJob? {
        signal.withLock {
            while jobs.isEmpty, !isStopped { signal.wait() }
            return jobs.isEmpty ? nil : jobs.removeFirst()
        }
    }
}
