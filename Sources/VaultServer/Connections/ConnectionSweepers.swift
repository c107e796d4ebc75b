import NIOCore

/// What there is once for each event loop: its sweeper and its executor.
struct ConnectionSweepers: Sendable {
    private let byEventLoop: [ObjectIdentifier: (ConnectionSweeper, EventLoopTaskExecutor)]

    init(group: any EventLoopGroup, clock: MonotonicClock) {
        let loops = group.makeIterator().map { loop in
            let sweeper = ConnectionSweeper(eventLoop: loop, clock: clock)
            return (ObjectIdentifier(loop), (sweeper, EventLoopTaskExecutor(loop)))
        }
        byEventLoop = Dictionary(uniqueKeysWithValues: loops)
    }

    /// The sweeper of an event loop of the group.
    subscript(_ eventLoop: any EventLoop) -> ConnectionSweeper { entry(of: eventLoop).0 }

    /// The executor of an event loop of the group.
    func executor(of eventLoop: any EventLoop) -> EventLoopTaskExecutor { entry(of: eventLoop).1 }

    /// Sweeps while `body` runs.
    func sweeping(_ body: () async throws -> Void) async rethrows {
        let tasks = byEventLoop.values.map { $0.0.start() }
        defer { for task in tasks { task.cancel() } }
        try await body()
    }

    /// Sweeps all event loops once.
    func sweepNow() async throws {
        for (sweeper, _) in byEventLoop.values { try await sweeper.sweepNow() }
    }

    private func entry(of eventLoop: any EventLoop) -> (ConnectionSweeper, EventLoopTaskExecutor) {
        guard let entry = byEventLoop[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("connections are accepted on the event loops of the group")
        }
        return entry
    }
}
