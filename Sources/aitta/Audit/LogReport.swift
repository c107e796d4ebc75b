import Cryptography
import StrictJSON
import Verification

/// What became of a log's verification.
struct LogReport: Sendable {
    let stated: StatedCheckpoint
    let faults: [LogFault]
    /// All faults, also those beyond what is kept of them.
    let faultCount: Int
    /// Entries of which only the hash is left.
    let expired: UInt64
    /// Earlier checkpoints that agree.
    let agreeing: Int

    init(_ verifier: LogVerifier, stated: StatedCheckpoint) {
        self.stated = stated
        faults = verifier.faults
        faultCount = verifier.faultCount
        expired = verifier.expired
        agreeing = verifier.agreeing
    }

    /// The lines that say what is wrong.
    var messages: [String] {
        let rest = faultCount - faults.count
        return faults.map(\.message) + (rest > 0 ? ["\(rest) more entries are wrong"] : [])
    }

    /// Fails with what is wrong, all but the last of it printed before.
    ///
    /// - Parameter isExported: Whether what was read is in a file.
    func check(isExported: Bool = false) throws {
        guard let last = messages.last else { return }
        for message in messages.dropLast() { StandardError.print("error: " + message) }
        throw Failure(
            last,
            hint: isExported
                ? "keep what proves it: the export, and every checkpoint"
                : "keep what proves it: every checkpoint, and what --export FILE writes")
    }

    /// Prints what was found right.
    func print(asJSON: Bool) {
        if asJSON { return Output.print(json: json) }
        Output.print(pairs: [
            ("log", stated.checkpoint.origin.description.printable),
            ("entries", String(stated.head.size)),
            ("expired", String(expired)),
            ("root", Base64.encode(stated.head.root.bytes)),
            ("signature", "valid"),
            ("earlier checkpoints", agreeing == 0 ? "none given" : "\(agreeing), all agree"),
        ])
        guard stated.isKeyItsOwn else { return }
        StandardError.print(
            "note: the key came with the log: a log that was made up under another key would pass"
                + "\nhint: keep the key elsewhere and give it with --public-key: "
                + stated.key.text.printable)
    }

    private var json: JSONValue {
        .object([
            JSONMember("valid", .bool(true)),
            JSONMember("origin", .string(stated.checkpoint.origin.description)),
            JSONMember("size", .number(String(stated.head.size))),
            JSONMember("root", .string(Base64.encode(stated.head.root.bytes))),
            JSONMember("expired", .number(String(expired))),
            JSONMember("earlierCheckpoints", .number(String(agreeing))),
            JSONMember("keyFromLog", .bool(stated.isKeyItsOwn)),
        ])
    }
}
