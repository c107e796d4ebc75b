/// An answer that someone waits to see gone.
protocol DeliverableAnswer: Sendable {
    /// Called when its last byte was handed to the kernel, or its connection closed. Idempotent.
    func delivered()
}
