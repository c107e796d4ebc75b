import Glibc

/// A thread of its own for tasks that would hold one that could serve: by an fsync, or by long work.
final class TaskThread: TaskExecutor, @unchecked Sendable {
    private let signal = ThreadSignal()
    private var jobs: [UnownedJob] = []
    private var isStopped = false
    private let niceness: Int32

    /// - Parameter niceness: How far it steps back for threads that serve; see setpriority(2).
    init(niceness: Int32 = 0) {
        self.niceness = niceness
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<TaskThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(status == 0, "the system refuses a thread")
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
        // On Linux the calling thread alone; where it is refused, the work is done all the same.
        if niceness != 0 { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, niceness) }
        while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func next() -> UnownedJob? {
        signal.withLock {
            while jobs.isEmpty, !isStopped { signal.wait() }
            return jobs.isEmpty ? nil : jobs.removeFirst()
        }
    }
}
