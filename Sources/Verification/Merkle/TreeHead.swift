public import Cryptography

/// Size and root of a tree. They go together: a root alone does not tell its tree's size.
public struct TreeHead: Sendable, Hashable {
    /// How many leaves the tree has.
    public let size: UInt64
    /// The root over them.
    public let root: Digest32

    /// Joins both; whether they belong together only a signature or the leaves can tell.
    public init(size: UInt64, root: Digest32) {
        self.size = size
        self.root = root
    }
}
