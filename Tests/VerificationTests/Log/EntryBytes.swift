/// Writes an entry of the audit log as docs/FORMAT.md says, part by part.
struct EntryBytes {
    var format: UInt8 = 1
    var milliseconds: Int64 = 1_795_000_000_123
    var uid: UInt32 = 1000
    var pid: Int32 = 4711
    var operation = "erase"
    var outcome = "ok"
    var requestID = "r-1"
    var user: String? = "aino"
    var purpose: String? = "data-subject-rights"
    var record: [UInt8]?
    var generation: UInt64?
    var reason: String?
    var count: UInt64?
    var digest: [UInt8]?
    var token: String?
    var fields: [String] = []
    /// In place of the bits that the parts give.
    var parts: UInt8?

    /// An entry that has the parts of `bits` and no others.
    static func with(parts bits: UInt8) -> EntryBytes {
        func has(_ bit: Int) -> Bool { bits >> bit & 1 == 1 }
        return EntryBytes(
            user: has(0) ? "aino" : nil, purpose: has(1) ? "order" : nil,
            record: has(2) ? (1...16).map { $0 } : nil, generation: has(3) ? 1 << 40 : nil,
            reason: has(4) ? "customer-request" : nil, count: has(5) ? .max : nil,
            digest: has(6) ? (1...32).map { $0 } : nil, token: has(7) ? "shop-a" : nil,
            fields: ["name", "email"])
    }

    var encoded: [UInt8] {
        let optional: [[UInt8]?] = [
            user.map(short), purpose.map(short), record, generation.map(little),
            reason.map(short), count.map(little), digest, token.map(short),
        ]
        var bits: UInt8 = 0
        for (bit, part) in optional.enumerated() where part != nil { bits |= 1 << bit }
        return [format] + little(milliseconds) + little(uid) + little(pid) + [parts ?? bits]
            + short(operation) + short(outcome) + short(requestID)
            + optional.flatMap { $0 ?? [] } + [UInt8(fields.count)] + fields.flatMap(short)
    }

    private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
}
