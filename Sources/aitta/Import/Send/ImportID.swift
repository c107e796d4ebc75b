import VaultClient

/// Names one import. Every request's idempotency key follows from it, so that an import that goes
/// on after an interruption repeats the last requests under the keys that they had.
struct ImportID: Sendable, Equatable {
    /// What is done with a batch, one after the other.
    enum Step: UInt64 {
        case contactCheck = 0
        case records = 1
        case contacts = 2
    }

    /// 60 random bits.
    let bits: UInt64

    init() {
        bits = .random(in: 0..<(1 << 60))
    }

    init?(_ text: String) {
        guard let bits = UInt64(text, radix: 16), bits < 1 << 60 else { return nil }
        self.bits = bits
    }

    var text: String { String(bits, radix: 16) }

    /// A UUID version 8 (RFC 9562, 5.8): the random bits, then step, attempt and batch number as
    /// they are. No hash is needed: within one import the numbers never meet twice, and between
    /// imports of one caller, to whom the vault scopes keys, 60 random bits tell them apart.
    func key(batch: Int, step: Step, attempt: Int) -> IdempotencyKey {
        let high = (bits >> 12) << 16 | 0x8000 | bits & 0xFFF
        let low =
            UInt64(0b10) << 62 | step.rawValue << 60 | UInt64(attempt & 0xFFF) << 48
            | UInt64(batch) & 0xFFFF_FFFF_FFFF
        return IdempotencyKey(high: high, low: low)
    }
}
