import Cryptography
import StrictJSON
import Verification

/// Checks a log, entry by entry, against its checkpoint and earlier ones. Its memory does not grow
/// with the log.
///
/// An entry that is not what it should be does not end the search: its hash, where there is one,
/// stands for it in the tree. One that is missing does, since nothing behind it is in its place.
struct LogVerifier: Sendable {
    /// How many faults are kept; beyond, they are counted.
    static let maximumFaults = 20

    private let stated: TreeHead
    /// Those that the entries have not come to yet, the smallest first.
    private var earlier: ArraySlice<EarlierCheckpoint>
    private var frontier = MerkleFrontier()
    /// The largest size at which an earlier checkpoint agreed.
    private var agreed: UInt64 = 0
    private var hasLostItsPlace = false

    /// What is wrong, in the order in which it was found.
    private(set) var faults: [LogFault] = []
    /// How much is wrong in all.
    private(set) var faultCount = 0
    /// Entries of which only the hash is left.
    private(set) var expired: UInt64 = 0
    /// Earlier checkpoints that agree.
    private(set) var agreeing = 0

    /// - Parameters:
    ///   - stated: Of the log's checkpoint, which was verified.
    ///   - earlier: Earlier checkpoints of the log, verified too.
    init(stated: TreeHead, earlier: [EarlierCheckpoint] = []) {
        self.stated = stated
        let sorted = earlier.sorted { $0.head.size < $1.head.size }
        self.earlier = sorted.filter { $0.head.size <= stated.size }[...]
        for checkpoint in sorted where checkpoint.head.size > stated.size {
            note(.shorter(size: stated.size, earlier: checkpoint))
        }
        compareEarlier()
    }

    /// How many entries were taken.
    var size: UInt64 { frontier.size }

    /// Whether no further entry says anything.
    var isDone: Bool { hasLostItsPlace || size == stated.size }

    /// Takes the next item of `GET /v1/audit/entries`.
    mutating func take(_ item: JSONValue) {
        let number = size + 1
        guard let found = item["number"]?.integer, UInt64(exactly: found) == number else {
            let found = item["number"]?.integer
            return lose(
                found.map { $0 > number } == true
                    ? .missing(number) : .misplaced(number, found: found))
        }
        guard let leaf = leafHash(of: item, number) else { return lose(.unreadable(number)) }
        frontier.append(leaf)
        compareEarlier()
    }

    /// Compares the root, once there are no more entries.
    mutating func end() {
        guard !hasLostItsPlace else { return }
        guard size == stated.size else { return note(.ends(at: size, size: stated.size)) }
        if frontier.root != stated.root { note(.otherRoot(size: size, since: agreed)) }
    }

    /// The hash that stands in the tree for an item; nil if it has none.
    private mutating func leafHash(of item: JSONValue, _ number: UInt64) -> Digest32? {
        let stored = Self.bytes(item["leafHash"]).flatMap { Digest32($0) }
        guard let bytes = Self.bytes(item["leaf"]) else {
            guard item["expired"]?.flag == true, stored != nil else { return nil }
            expired += 1
            return stored
        }
        let own = MerkleTree.leafHash(bytes)
        guard stored == nil || stored == own else {
            note(.damaged(number))
            return stored
        }
        if let entry = LogEntry(bytes) {
            if let member = entry.contradiction(in: item) {
                note(.contradiction(number, member: member))
            }
        } else {
            note(.unknownFormat(number))
        }
        return own
    }

    private static func bytes(_ json: JSONValue?) -> [UInt8]? {
        json?.text.flatMap(Base64.decode)
    }

    /// Compares the root with each earlier checkpoint of the size that the tree has now. Behind one
    /// that differs, all others would.
    private mutating func compareEarlier() {
        while let next = earlier.first, next.head.size == size {
            earlier.removeFirst()
            if frontier.root == next.head.root {
                agreed = size
                agreeing += 1
            } else {
                note(.otherEarlierRoot(next, since: agreed))
                earlier = earlier.prefix { $0.head.size == next.head.size }
            }
        }
    }

    private mutating func lose(_ fault: LogFault) {
        note(fault)
        hasLostItsPlace = true
    }

    private mutating func note(_ fault: LogFault) {
        faultCount += 1
        if faults.count < Self.maximumFaults { faults.append(fault) }
    }
}
