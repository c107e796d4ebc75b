import Cryptography
import KeyManagement
import Verification

/// Writes one part to several destinations at once, chunk by chunk: never more than a chunk is held.
///
/// A destination that fails is passed over from then on; only when all have failed does writing.
final class PartWriter {
    private struct Target {
        let name: String
        let sink: any BackupSink
    }

    private var targets: [Target]
    private(set) var failures: [BackupFailure] = []
    private var frontier = MerkleFrontier()
    private var segments = SHA256()
    private var chunk = BackupChunk.manifest
    private var body: [UInt8] = []

    /// Begins a part at each destination.
    init(
        _ part: BackupPart, number: UInt64, vault: VaultID,
        destinations: [any BackupDestination]
    ) throws(BackupFailure) {
        targets = []
        let name = part.fileName(number)
        for destination in destinations {
            do throws(BackupFailure) {
                targets.append(
                    Target(name: destination.name, sink: try destination.create(name)))
            } catch {
                failures.append(error)
            }
        }
        try write(BackupChunk.magic + [BackupChunk.format, part.code] + vault.bytes)
    }

    /// Takes back what was written.
    func abandon() {
        for target in targets { target.sink.abandon() }
        targets = []
    }

    /// Appends an item.
    func append(_ chunk: BackupChunk, _ item: (inout [UInt8]) -> Void) throws(BackupFailure) {
        if chunk != self.chunk || body.count >= BackupChunk.usualCount { try close() }
        self.chunk = chunk
        if body.isEmpty { body.append(chunk.rawValue) }
        item(&body)
        guard body.count <= BackupChunk.maximumCount else {
            throw BackupFailure(.notWritten, at: "an item of \(body.count) bytes is too large")
        }
    }

    /// What the manifest has to say of the chunks; nothing is appended after.
    func sealedChunks() throws(BackupFailure) -> (head: TreeHead, segmentsDigest: Digest32) {
        try close()
        return (frontier.head, segments.finalize())
    }

    /// Writes the manifest, syncs the part and gives it its name.
    ///
    /// - Returns: The destinations that have it.
    func finish(manifest: [UInt8]) throws(BackupFailure) -> [String] {
        try write(Self.frame([BackupChunk.manifest.rawValue] + manifest))
        try each { sink throws(BackupFailure) in try sink.finish() }
        return targets.map(\.name)
    }

    private func close() throws(BackupFailure) {
        guard !body.isEmpty else { return }
        frontier.append(MerkleTree.leafHash(body))
        if chunk == .segments { body.dropFirst().withUnsafeBytes { segments.update($0) } }
        try write(Self.frame(body))
        body.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8]) throws(BackupFailure) {
        try each { sink throws(BackupFailure) in try sink.write(bytes) }
    }

    private func each(
        _ body: (any BackupSink) throws(BackupFailure) -> Void
    ) throws(BackupFailure) {
        var kept: [Target] = []
        for target in targets {
            do throws(BackupFailure) {
                try body(target.sink)
                kept.append(target)
            } catch {
                target.sink.abandon()
                failures.append(error)
            }
        }
        targets = kept
        guard targets.isEmpty else { return }
        throw failures.first ?? BackupFailure(.notWritten, at: "no destination")
    }

    private static func frame(_ chunk: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunk.count + 4)
        bytes.append(littleEndian: UInt32(chunk.count))
        bytes += chunk
        return bytes
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// `lp(bytes)`.
    mutating func append(prefixed bytes: [UInt8]) {
        append(littleEndian: UInt32(bytes.count))
        append(contentsOf: bytes)
    }
}
