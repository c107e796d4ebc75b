public import Storage

extension LogLeaf: ExpressibleByArrayLiteral {
    /// An entry of these bytes, for tests of stores: they take any hash, and it tells entries apart.
    public init(arrayLiteral bytes: UInt8...) { self.init(sample: bytes) }

    /// An entry of these bytes with a hash made of them; not the one of a log's tree.
    public init(sample entry: [UInt8]) {
        var words: [UInt8] = Array(repeating: UInt8(truncatingIfNeeded: entry.count), count: 32)
        for (place, byte) in entry.enumerated() {
            words[place % 31] = words[place % 31] &* 31 &+ byte
        }
        guard let hash = LeafHash(words) else { preconditionFailure("32 bytes are a hash") }
        self.init(entry: entry, hash: hash)
    }
}
