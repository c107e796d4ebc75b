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

    var id: ImportID
    var subject: Subject
    /// The first batch that is not done.
    var next = 0
    /// This batch and all after it were never sent. Those before it, from `next` on, may have
    /// been carried out.
    var neverSent = 0
    /// When those were sent at the earliest, in seconds since 1970, and in which epoch of the
    /// vault: idempotency keys live for a day, and not beyond a rotation.
    var sentAt: Int
    var epoch: Int
    /// Where it begins.
    var position: FilePosition
    var counts = ImportCounts()
    /// How much of the file of rejected rows belongs to batches that are done.
    var rejectedBytes = 0
    /// How often a batch was refused as a whole, where that happened: its keys are used up.
    var attempts: [Int: Int] = [:]

    /// Whether all that was sent is in here.
    var isSettled: Bool { next >= neverSent }
}

extension ImportProgress {
    private static let format = 1

    init?(_ json: JSONValue) {
        guard json["format"]?.count == Self.format,
            let id = json["import"]?.text.flatMap(ImportID.init), let file = json["file"],
            let size = file["size"]?.count, let checksum = file["checksum"]?.text,
            let map = json["map"]?.text, let rowsPerBatch = json["rowsPerBatch"]?.count,
            let vault = json["vault"]?.text, let uid = json["uid"]?.count,
            let next = json["next"]?.count, let neverSent = json["neverSent"]?.count,
            let sentAt = json["sentAt"]?.count, let epoch = json["epoch"]?.count,
            let offset = json["offset"]?.count, let line = json["line"]?.count,
            let counts = ImportCounts(json), let bytes = json["rejectedBytes"]?.count,
            let attempts = json["attempts"]?.members
        else { return nil }
        self.init(
            id: id,
            subject: Subject(
                fileSize: size, fileChecksum: checksum, mapChecksum: map,
                rowsPerBatch: rowsPerBatch, vault: vault, uid: uid),
            next: next, neverSent: neverSent, sentAt: sentAt, epoch: epoch,
            position: FilePosition(offset: offset, line: line), counts: counts,
            rejectedBytes: bytes)
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
        writer.member("next", next)
        writer.member("neverSent", neverSent)
        writer.member("sentAt", sentAt)
        writer.member("epoch", epoch)
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
        writer.endObject()
        return writer.bytes
    }
}
