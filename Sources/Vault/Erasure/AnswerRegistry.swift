import Synchronization

/// Which answers with personal data are under way: an erasure waits for those that were committed
/// before it.
public final class AnswerRegistry: Sendable {
    private struct State {
        var nextNumber: UInt64 = 0
        var open: [UInt64: @Sendable () -> Void] = [:]
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        var numbers: Set<UInt64>
        let continuation: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())

    /// How many are under way.
    var underWayCount: Int { state.withLock { $0.open.count } }

    /// Notes an answer that begins.
    ///
    /// - Parameter abort: Closes the connection; called when the answer takes longer than an erasure
    ///   may wait.
    public func begin(abort: @escaping @Sendable () -> Void) -> AnswerTicket {
        let number = state.withLock { state in
            state.nextNumber += 1
            state.open[state.nextNumber] = abort
            return state.nextNumber
        }
        return AnswerTicket(number: number, registry: self)
    }

    /// Waits until every answer that is under way now is delivered; aborts those that are not within
    /// the deadline.
    func drain(deadlineSeconds: Int) async {
        let numbers = state.withLock { Set($0.open.keys) }
        guard !numbers.isEmpty else { return }
        let deadline = Task {
            try await Task.sleep(for: .seconds(deadlineSeconds))
            abort(numbers)
        }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                let open = numbers.filter { state.open[$0] != nil }
                guard !open.isEmpty else { return true }
                state.waiters.append(Waiter(numbers: open, continuation: continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
        deadline.cancel()
    }

    fileprivate func end(_ number: UInt64) {
        let done = state.withLock { state -> [Waiter] in
            guard state.open.removeValue(forKey: number) != nil else { return [] }
            guard !state.waiters.isEmpty else { return [] }
            for place in state.waiters.indices { state.waiters[place].numbers.remove(number) }
            let done = state.waiters.filter(\.numbers.isEmpty)
            state.waiters.removeAll(where: \.numbers.isEmpty)
            return done
        }
        for waiter in done { waiter.continuation.resume() }
    }

    private func abort(_ numbers: Set<UInt64>) {
        let late = state.withLock { state in
            numbers.compactMap { number in state.open[number].map { (number, $0) } }
        }
        for (number, abort) in late {
            abort()
            end(number)
        }
    }
}

/// One answer under way.
public final class AnswerTicket: Sendable {
    private let number: UInt64
    private let registry: AnswerRegistry

    fileprivate init(number: UInt64, registry: AnswerRegistry) {
        self.number = number
        self.registry = registry
    }

    deinit { registry.end(number) }

    /// The answer's last byte was handed to the kernel, or its connection is closed.
    public func delivered() { registry.end(number) }
}
