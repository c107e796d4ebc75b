import Catalogue
import Storage
import StrictJSON

/// One entry of the audit log: who did what to which record, for which purpose, with what outcome.
/// Names and ids only, never a value (docs/FORMAT.md, "Audit entry").
struct AuditRecord: Sendable {
    let caller: Caller
    let requestID: String
    let purpose: String?
    let operation: String
    var record: RecordID?
    var fields: [String] = []
    var outcome = "ok"
    var generation: UInt64?
    var reason: String?
    var count: Int?

    init(
        caller: Caller, requestID: String, purpose: String?, operation: String,
        record: RecordID? = nil
    ) {
        self.caller = caller
        self.requestID = requestID
        self.purpose = purpose
        self.operation = operation
        self.record = record
    }

    init<Operation: VaultOperation>(
        _ proof: Authorized<Operation>, record: RecordID? = nil
    ) {
        self.init(
            caller: proof.caller, requestID: proof.requestID, purpose: proof.purpose?.name,
            operation: Operation.kind.rawValue, record: record)
    }

    /// The entry as it is kept.
    func encoded(milliseconds: Int64) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(256)
        json += #"{"t":""#.utf8
        Timestamp.append(milliseconds: milliseconds, to: &json)
        json += #"","uid":"#.utf8
        json += String(caller.uid).utf8
        append("user", caller.userName, to: &json)
        json += #","pid":"#.utf8
        json += String(caller.pid).utf8
        append("purpose", purpose, to: &json)
        append("op", operation, to: &json)
        if let record {
            json += #","record":""#.utf8
            record.append(to: &json)
            json.append(UInt8(ascii: "\""))
        }
        appendFields(to: &json)
        append("outcome", outcome, to: &json)
        if let generation { json += ",\"generation\":\(generation)".utf8 }
        append("reason", reason, to: &json)
        if let count { json += ",\"count\":\(count)".utf8 }
        append("request", requestID, to: &json)
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func append(_ name: String, _ text: String?, to json: inout [UInt8]) {
        guard let text else { return }
        json += ",\"".utf8
        json += name.utf8
        json += "\":".utf8
        JSONWriter.appendEscaped(text, to: &json)
    }

    private func appendFields(to json: inout [UInt8]) {
        guard !fields.isEmpty else { return }
        json += #","fields":["#.utf8
        for (place, field) in fields.enumerated() {
            if place > 0 { json.append(UInt8(ascii: ",")) }
            JSONWriter.appendEscaped(field, to: &json)
        }
        json.append(UInt8(ascii: "]"))
    }
}
