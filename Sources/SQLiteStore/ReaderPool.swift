import Synchronization

/// The held readers: each is used by one read at a time, the last one returned first (its pages
/// are warm); when none is free, reads wait in the order in which they came, without a thread.
final class ReaderPool: Sendable {
    private struct State {
        var free: [Reader]
        var waiting: [UnsafeContinuation<Reader, Never>] = []
    }

    private let count: Int
    private let state: Mutex<State>

    init(_ readers: [Reader]) {
        count = readers.count
        state = Mutex(State(free: readers))
    }

    func checkOut() async -> Reader {
        if let reader = state.withLock({ $0.free.popLast() }) { return reader }
        return await withUnsafeContinuation { continuation in
            let reader = state.withLock { state -> Reader? in
                if let reader = state.free.popLast() { return reader }
                state.waiting.append(continuation)
                return nil
            }
            if let reader { continuation.resume(returning: reader) }
        }
    }

    func checkIn(_ reader: Reader) {
        let next = state.withLock { state -> UnsafeContinuation<Reader, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free.append(reader)
            return nil
        }
        next?.resume(returning: reader)
    }

    /// Waits for all reads and closes the connections. Their reads fail from then on, so that
    /// whoever waits is let go with a closed reader; the store has refused service before.
    func close() async {
        var readers: [Reader] = []
        while readers.count < count { readers.append(await checkOut()) }
        for reader in readers {
            reader.close()
            checkIn(reader)
        }
    }
}
