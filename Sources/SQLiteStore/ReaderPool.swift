import Storage
import Synchronization

/// The held readers: each is used by one read at a time, the last one returned first (its pages
/// are warm); when none is free, reads wait in the order in which they came, without a thread.
///
/// Readers keep their snapshots while they are free, except while the log is to be emptied.
final class ReaderPool: Sendable {
    private struct State {
        var count = 0
        var free: [Reader] = []
        var waiting: [UnsafeContinuation<Reader, Never>] = []
        var keepsSnapshots = true
    }

    private let state = Mutex(State())

    /// Takes new readers in.
    func add(_ readers: [Reader]) {
        state.withLock { state in
            state.count += readers.count
            state.free += readers
        }
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
            if !state.keepsSnapshots { reader.letGo() }
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free.append(reader)
            return nil
        }
        next?.resume(returning: reader)
    }

    /// Runs `body` while no reader that is free holds a snapshot; reads go on.
    func withoutSnapshots<Answer>(
        _ body: () throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        state.withLock { state in
            state.keepsSnapshots = false
            for reader in state.free { reader.letGo() }
        }
        defer { state.withLock { $0.keepsSnapshots = true } }
        return try body()
    }

    /// Waits for all reads and closes the connections. Their reads fail from then on, so that
    /// whoever waits is let go with a closed reader; the store has refused service before.
    func close() async {
        let count = state.withLock { $0.count }
        var readers: [Reader] = []
        while readers.count < count { readers.append(await checkOut()) }
        for reader in readers {
            reader.close()
            checkIn(reader)
        }
    }
}
