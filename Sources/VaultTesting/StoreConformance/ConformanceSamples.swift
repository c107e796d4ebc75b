import Storage

/// Values for checks.
enum Sample {
    /// The id with a number; ids lie in the order of their numbers.
    static func id(_ number: UInt64) -> RecordID {
        RecordID(high: 0x0190_0000_0000_7000 + (number << 16), low: 0x8000_0000_0000_0000 | number)
    }

    static func record(
        _ number: UInt64, generation: UInt64 = 1, segment: UInt32 = 1
    ) -> StoredRecord {
        StoredRecord(
            id: id(number), segment: SegmentID(segment), generation: generation,
            box: bytes(60, seed: number &* 31 &+ generation),
            fields: bytes(90, seed: number &* 37 &+ generation))
    }

    /// The chain of a value: tags that look random and never meet another chain's.
    static func chain(_ value: UInt64, generation: UInt32 = 1) -> IndexChain {
        IndexChain(generation: generation) { occurrence in
            tag(value, generation: generation, occurrence: occurrence)
        }
    }

    static func tag(_ value: UInt64, generation: UInt32 = 1, occurrence: UInt32) -> UInt64 {
        mixed(value << 40 | UInt64(generation) << 32 | UInt64(occurrence))
    }

    static func segment(_ number: UInt32, generation: UInt64 = 1) -> StoredSegment {
        StoredSegment(
            id: SegmentID(number), generation: generation, epoch: 1, dirtySince: 0,
            wrapped: bytes(72, seed: UInt64(number) &+ generation))
    }

    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var random = SeededRandom(seed: value)
        return random.next()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a sequence that its seed repeats.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
