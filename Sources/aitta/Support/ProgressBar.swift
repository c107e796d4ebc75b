/// Shows on standard error how far something is: a bar on a terminal, else a line every few seconds.
struct ProgressBar {
    private static let width = 30

    private let isTerminal: Bool
    private let total: Int
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant

    /// - Parameter total: how much there is to do, in any unit.
    init(total: Int, isTerminal: Bool = StandardError.isTerminal) {
        self.isTerminal = isTerminal
        self.total = total
        start = clock.now
        shown = start
    }

    /// The time since the start.
    var elapsed: Duration { clock.now - start }

    /// Shows how much is done, if it is time to.
    ///
    /// - Parameter text: what stands behind the percentage, from the time since the start.
    mutating func show(done: Int, _ text: (_ elapsed: Duration) -> String) {
        let now = clock.now
        guard now - shown >= (isTerminal ? .milliseconds(100) : .seconds(5)) else { return }
        shown = now
        let line = "\(share(of: 100, done)) %  " + text(now - start)
        if isTerminal {
            let full = share(of: Self.width, done)
            let bar =
                String(repeating: "#", count: full)
                + String(repeating: " ", count: Self.width - full)
            StandardError.write("\r[\(bar)] \(line)\u{1B}[K")
        } else {
            StandardError.print(line)
        }
    }

    /// Clears the bar.
    func end() {
        if isTerminal { StandardError.write("\r\u{1B}[K") }
    }

    /// How many in a second.
    static func rate(_ count: Int, _ time: Duration) -> Int {
        let seconds = time / .seconds(1)
        return seconds > 0 ? Int(Double(count) / seconds) : 0
    }

    private func share(of whole: Int, _ done: Int) -> Int {
        guard total > 0 else { return whole }
        return min(whole, Int(Double(done) * Double(whole) / Double(total)))
    }
}
