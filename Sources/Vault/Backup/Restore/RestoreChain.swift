public import Cryptography
import KeyManagement
import Storage
import Verification

/// A part that is restored from, and all that it builds on, found by number beside it.
public struct RestoreChain: Sendable {
    let destination: any BackupDestination
    /// The newest first.
    let files: [PartFile]
    private let certificateKey: PublicKey

    /// What the newest part says of itself.
    public var manifest: BackupManifest { files[0].manifest }
    var digest: Digest32 { files[0].digest }
    /// The certificate keys that its signatures lead to from the one it was read with.
    public var trustedKeys: [PublicKey] { manifest.trustedKeys }

    /// Finds the chain of a file; of each part the signature is checked, and what it holds by
    /// ``verify(_:)``.
    ///
    /// - Parameters:
    ///   - path: A part's file, under the name that it was given.
    ///   - certificateKey: The public key that `aittad init` printed.
    public init(
        _ part: BackupPart, path: String, certificateKey: PublicKey
    ) throws(BackupFailure) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let name = String(path[slash...].drop { $0 == "/" })
        guard let number = part.number(of: name) else {
            throw BackupFailure(
                .unreadable, at: path,
                hint: "a \(part.rawValue) part is called `\(part.fileName(1))` or alike")
        }
        try self.init(
            part, number, in: BackupDirectory(path: String(path[..<slash])),
            certificateKey: certificateKey)
    }

    init(
        _ part: BackupPart, _ number: UInt64, in destination: any BackupDestination,
        certificateKey: PublicKey
    ) throws(BackupFailure) {
        self.destination = destination
        self.certificateKey = certificateKey
        files = try destination.chain(
            part, endingWith: number, certificateKey: certificateKey)
    }

    /// Reads all parts of the chain: each must be what its manifest says.
    ///
    /// - Returns: The records of which a records part has a row.
    func verify(_ progress: BackupProgress) throws(BackupFailure) -> Set<RecordID> {
        progress.begin(.verifying, total: files.count)
        var ids: Set<RecordID> = []
        for file in files {
            let place = destination.place(of: file.name)
            var reader = try PartReader(destination.open(file.name), place: place)
            let verified = try reader.verify(certificateKey: certificateKey) {
                chunk, body throws(BackupFailure) in
                guard chunk == .rows else { return }
                guard let rows = BackupItems.rows(body) else {
                    throw BackupFailure(.damaged, at: place)
                }
                ids.formUnion(rows.map(\.id))
            }
            guard verified.digest == file.digest else {
                throw BackupFailure(.damaged, at: place)
            }
            try progress.add(1)
        }
        return ids
    }

    /// Reads all parts of the chain, for whoever has to know before anything else is done.
    public func verify(showing progress: BackupProgress) throws(BackupFailure) {
        _ = try verify(progress)
    }

    /// Reads chunks of one kind, part by part, after ``verify(_:)``.
    func chunks(_ chunk: BackupChunk, oldestFirst: Bool = false) -> ChunkReader {
        ChunkReader(chunk, of: oldestFirst ? files.reversed() : files, in: destination)
    }

    /// Reads chunks of the newest part alone.
    func newestChunks(_ chunk: BackupChunk) -> ChunkReader {
        ChunkReader(chunk, of: [files[0]], in: destination)
    }
}

/// The chunks of one kind of several parts, one after the other; a part that is no longer what its
/// manifest says is refused at its end.
struct ChunkReader {
    private let chunk: BackupChunk
    private let destination: any BackupDestination
    private var files: ArraySlice<PartFile>
    private var reader: PartReader?

    init(_ chunk: BackupChunk, of files: [PartFile], in destination: any BackupDestination) {
        self.chunk = chunk
        self.destination = destination
        self.files = files[...]
    }

    /// The items of the next chunk; `nil` at the end.
    mutating func next<Item>(
        _ items: ([UInt8]) -> [Item]?
    ) throws(BackupFailure) -> [Item]? {
        while let file = files.first {
            let place = destination.place(of: file.name)
            if reader == nil {
                reader = try PartReader(destination.open(file.name), place: place)
            }
            guard var reader else { return nil }
            while let (found, body) = try reader.next() {
                guard found == chunk else { continue }
                self.reader = reader
                guard let items = items(body) else { throw BackupFailure(.damaged, at: place) }
                return items
            }
            guard reader.matches(file.manifest) else {
                throw BackupFailure(
                    .damaged, at: place, hint: "it was changed while it was read")
            }
            self.reader = nil
            files.removeFirst()
        }
        return nil
    }
}
