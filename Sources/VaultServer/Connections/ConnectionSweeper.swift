import NIOCore
import Synchronization

/// Closes what is overdue among the connections of one event loop.
///
/// Connections only note the time of what happens; this looks at all of them ten times a second.
/// A request so costs no timer, and not even a look at the clock.
final class ConnectionSweeper: Sendable {
    private let eventLoop: any EventLoop
    private let clock: MonotonicClock
    private let connections: NIOLoopBoundBox<[ObjectIdentifier: ConnectionHandler]>
    private let lastSweep: Atomic<Int64>

    private static let interval = TimeAmount.milliseconds(100)

    init(eventLoop: any EventLoop, clock: MonotonicClock) {
        self.eventLoop = eventLoop
        self.clock = clock
        connections = .makeBoxSendingValue([:], eventLoop: eventLoop)
        lastSweep = Atomic(clock.nowMilliseconds())
    }

    /// The time of the last sweep: at most one interval behind the clock.
    var nowMilliseconds: Int64 { lastSweep.load(ordering: .relaxed) }

    /// Sweeps from now on, until the task returned is cancelled.
    func start() -> RepeatedTask {
        eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            self.sweep()
        }
    }

    /// Starts to look after a connection of this event loop.
    func add(_ connection: ConnectionHandler) {
        connections.value[ObjectIdentifier(connection)] = connection
    }

    /// Stops looking after a connection.
    func remove(_ connection: ConnectionHandler) {
        connections.value[ObjectIdentifier(connection)] = nil
    }

    /// Looks at every connection once, wherever it is called from.
    func sweepNow() async throws {
        try await eventLoop.submit { self.sweep() }.get()
    }

    private func sweep() {
        let now = clock.nowMilliseconds()
        lastSweep.store(now, ordering: .relaxed)
        for connection in connections.value.values { connection.closeIfOverdue(now) }
    }
}
