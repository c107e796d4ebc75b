import StrictJSON

/// How far an import has come: all that is needed to go on after an interruption without creating
/// a record twice. It holds no personal data.
struct ImportProgress: Sendable, Equatable {
    /// What the import reads and where it writes. Going on with anything else would lose rows or
    /// double them.
    struct Subject: Sendable, Equatable {
        var fileSize: Int
        var fileChecksum: String
        var mapChecksum: String
        var rowsPerBatch: Int
        /// The vault's id.
        var vault: String
        /// The vault scopes idempotency keys to the caller.
        var uid: Int
    }

    /// How the import stands.
    enum State: String, Sendable {
        /// Requests may be under way whose outcome is not in here.
        case running
        /// Everything sent is in here.
        case paused
    }

    var id: ImportID
    var subject: Subject
    /// The vault's epoch: idempotency keys do not outlive a rotation.
    var epoch: Int
    var state = State.running
    /// The first batch that is not done.
    var next = 0
    /// Where it begins.
    var position: FilePosition
    var counts = ImportCounts()
    /// How much of the file of rejected rows belongs to batches that are done.
    var rejectedBytes = 0
    /// How often a batch was refused as a whole, where that happened: its keys are used up.
    var attempts: [Int: Int] = [:]
    /// When this was written, in seconds since 1970.
    var savedAt: Int
}

extension ImportProgress {
    private static let format = 1

    init?(_ json: JSONValue) {
        guard json["format"]?.count == Self.format,
            let id = json["import"]?.text.flatMap(ImportID.init), let file = json["file"],
            let size = file["size"]?.count, let checksum = file["checksum"]?.text,
            let map = json["map"]?.text, let rowsPerBatch = json["rowsPerBatch"]?.count,
            let vault = json["vault"]?.text, let uid = json["uid"]?.count,
            let epoch = json["epoch"]?.count,
            let state = json["state"]?.text.flatMap(State.init), let next = json["next"]?.count,
            let offset = json["offset"]?.count, let line = json["line"]?.count,
            let counts = ImportCounts(json), let bytes = json["rejectedBytes"]?.count,
            let attempts = json["attempts"]?.members, let savedAt = json["savedAt"]?.count
        else { return nil }
        self.init(
            id: id,
            subject: Subject(
                fileSize: size, fileChecksum: checksum, mapChecksum: map,
                rowsPerBatch: rowsPerBatch, vault: vault, uid: uid),
            epoch: epoch, state: state, next: next,
            position: FilePosition(offset: offset, line: line), counts: counts,
            rejectedBytes: bytes, savedAt: savedAt)
        for member in attempts {
            guard let batch = Int(member.name), let count = member.value.count else { return nil }
            self.attempts[batch] = count
        }
    }

    func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("format", Self.format)
        writer.member("import", id.text)
        writer.name("file")
        writer.beginObject()
        writer.member("size", subject.fileSize)
        writer.member("checksum", subject.fileChecksum)
        writer.endObject()
        writer.member("map", subject.mapChecksum)
        writer.member("rowsPerBatch", subject.rowsPerBatch)
        writer.member("vault", subject.vault)
        writer.member("uid", subject.uid)
        writer.member("epoch", epoch)
        writer.member("state", state.rawValue)
        writer.member("next", next)
        writer.member("offset", position.offset)
        writer.member("line", position.line)
        counts.write(to: &writer)
        writer.member("rejectedBytes", rejectedBytes)
        writer.name("attempts")
        writer.beginObject()
        for (batch, count) in attempts.sorted(by: { $0.key < $1.key }) {
            writer.member(String(batch), count)
        }
        writer.endObject()
        writer.member("savedAt", savedAt)
        writer.endObject()
        return writer.bytes
    }
}
