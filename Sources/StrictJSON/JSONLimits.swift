/// What a JSON text may cost its reader. Every text from outside is read under such limits.
public struct JSONLimits: Sendable, Equatable {
    /// The length of the text in bytes.
    public let maximumBytes: Int
    /// How deep arrays and objects may be nested; a scalar alone has depth 0.
    public let maximumDepth: Int
    /// Members of all objects and items of all arrays together.
    public let maximumElements: Int

    /// Makes limits. `maximumDepth` must be at most 256, since the parser descends on the stack.
    public init(
        maximumBytes: Int = 1 << 20, maximumDepth: Int = 32, maximumElements: Int = 100_000
    ) {
        precondition(maximumDepth <= 256, "the parser descends on the stack")
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.maximumElements = maximumElements
    }

    /// 1 MiB, 32 levels, 100,000 elements.
    public static let standard = JSONLimits()
}
