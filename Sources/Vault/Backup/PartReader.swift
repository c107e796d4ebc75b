import Cryptography
import KeyManagement
import Verification

/// Reads one part, chunk by chunk, and holds it against its manifest at the end.
///
/// What it gives is no more than claimed until the end was reached: whoever needs to know first reads
/// the part twice (``verify(certificateKey:)``).
struct PartReader {
    private let source: any BackupSource
    private let place: String
    /// Which part the header says it is.
    let part: BackupPart
    /// The vault that the header names.
    let vault: VaultID
    private var frontier = MerkleFrontier()
    private var segments = SHA256()
    /// The document at the end, once it was reached.
    private(set) var document: [UInt8]?

    init(_ source: any BackupSource, place: String) throws(BackupFailure) {
        self.source = source
        self.place = place
        let header = try source.read(BackupChunk.headerCount)
        guard header.count == BackupChunk.headerCount,
            header.starts(with: BackupChunk.magic + [BackupChunk.format]),
            let part = BackupPart.allCases.first(where: { $0.code == header[9] }),
            let vault = VaultID(bytes: Array(header[10...]))
        else { throw BackupFailure(.damaged, at: "\(place): header") }
        self.part = part
        self.vault = vault
    }

    /// The next chunk and its body; `nil` at the manifest.
    mutating func next() throws(BackupFailure) -> (chunk: BackupChunk, body: [UInt8])? {
        guard document == nil else { return nil }
        let (chunk, count) = try head()
        let body = try source.read(count)
        guard body.count == count else { throw damaged }
        guard chunk != .manifest else {
            guard try source.read(1).isEmpty else { throw damaged }
            document = body
            return nil
        }
        frontier.append(MerkleTree.leafHash([chunk.rawValue] + body))
        if chunk == .segments { segments.update(body) }
        return (chunk, body)
    }

    /// Reads to the end: signature, tree root, counts of chunks.
    ///
    /// - Parameter body: Is given each chunk on the way, before it is known to be genuine.
    mutating func verify(
        certificateKey: PublicKey,
        each body: (BackupChunk, [UInt8]) throws(BackupFailure) -> Void = { _, _ in }
    ) throws(BackupFailure) -> (manifest: BackupManifest, digest: Digest32) {
        while let (chunk, bytes) = try next() { try body(chunk, bytes) }
        let verified = try BackupManifest.verified(
            document ?? [], certificateKey: certificateKey, place: place)
        guard matches(verified.manifest) else {
            throw BackupFailure(
                .damaged, at: place, hint: "it is not what its manifest says: take another copy")
        }
        return verified
    }

    /// Whether what was read, to the end, is what a manifest says.
    func matches(_ manifest: BackupManifest) -> Bool {
        document != nil && manifest.part == part && manifest.vault == vault
            && manifest.chunks == frontier.size && manifest.root == frontier.root
            && manifest.segmentsDigest == segments.finalize()
    }

    /// Passes over the chunks to the manifest, of which the signature alone is checked; those of
    /// segments are read and checked too.
    mutating func skim(
        certificateKey: PublicKey,
        eachSegments body: ([UInt8]) throws(BackupFailure) -> Void = { _ in }
    ) throws(BackupFailure) -> (manifest: BackupManifest, digest: Digest32) {
        while document == nil {
            let (chunk, count) = try head()
            if chunk == .manifest || chunk == .segments {
                let bytes = try source.read(count)
                guard bytes.count == count else { throw damaged }
                if chunk == .manifest { document = bytes }
                guard chunk == .segments else { continue }
                segments.update(bytes)
                try body(bytes)
            } else {
                try source.skip(count)
            }
        }
        let verified = try BackupManifest.verified(
            document ?? [], certificateKey: certificateKey, place: place)
        guard verified.manifest.part == part, verified.manifest.vault == vault,
            verified.manifest.segmentsDigest == segments.finalize()
        else { throw damaged }
        return verified
    }

    private func head() throws(BackupFailure) -> (BackupChunk, Int) {
        let head = try source.read(5)
        guard head.count == 5, let chunk = BackupChunk(rawValue: head[4]),
            chunk.part == nil || chunk.part == part
        else { throw damaged }
        let count = head.withUnsafeBytes {
            Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
        }
        let most =
            chunk == .manifest ? BackupChunk.maximumManifestCount : BackupChunk.maximumCount
        guard (1...most).contains(count), UInt64(count) <= source.size else { throw damaged }
        return (chunk, count - 1)
    }

    private var damaged: BackupFailure { BackupFailure(.damaged, at: place) }
}
