import Cryptography
import KeyManagement
import Storage

/// A part as it lies at a destination.
struct PartFile: Sendable {
    let name: String
    let manifest: BackupManifest
    let digest: Digest32
    let size: UInt64
}

extension BackupDestination {
    /// The numbers of the parts of a kind, whole ones, in their order.
    func numbers(of part: BackupPart) throws(BackupFailure) -> [UInt64] {
        try names().compactMap { part.number(of: $0) }.sorted()
    }

    /// A part by its number; its signature is checked, its chunks are not.
    func file(
        _ part: BackupPart, _ number: UInt64, certificateKey: PublicKey
    ) throws(BackupFailure) -> PartFile {
        let name = part.fileName(number)
        let source = try open(name)
        var reader = try PartReader(source, place: place(of: name))
        let (manifest, digest) = try reader.skim(certificateKey: certificateKey)
        guard manifest.part == part, manifest.number == number else {
            throw BackupFailure(.damaged, at: place(of: name))
        }
        return PartFile(name: name, manifest: manifest, digest: digest, size: source.size)
    }

    /// A part and all that it builds on, the newest first.
    ///
    /// - Throws: ``BackupFailure/Code/baseMissing`` where one of them is not there, or is another.
    func chain(
        _ part: BackupPart, endingWith number: UInt64, certificateKey: PublicKey
    ) throws(BackupFailure) -> [PartFile] {
        var files = [try file(part, number, certificateKey: certificateKey)]
        while let base = files[files.count - 1].manifest.base {
            let last = files[files.count - 1]
            let place = place(of: part.fileName(base.number))
            guard try numbers(of: part).contains(base.number) else {
                throw BackupFailure(
                    .baseMissing, at: place, hint: "\(last.name) builds on it: put it back")
            }
            let file = try file(part, base.number, certificateKey: certificateKey)
            guard file.digest == base.digest, file.manifest.vault == last.manifest.vault else {
                throw BackupFailure(
                    .baseMissing, at: place, hint: "\(last.name) builds on another of this name")
            }
            files.append(file)
        }
        return files
    }

    /// The segments of a part.
    func segments(
        of file: PartFile, certificateKey: PublicKey
    ) throws(BackupFailure) -> [StoredSegment] {
        var segments: [StoredSegment] = []
        var reader = try PartReader(open(file.name), place: place(of: file.name))
        _ = try reader.skim(certificateKey: certificateKey) { body throws(BackupFailure) in
            guard let items = BackupItems.segments(body) else {
                throw BackupFailure(.damaged, at: file.name)
            }
            segments += items
        }
        return segments
    }

    func place(of name: String) -> String { "\(self.name)/\(name)" }
}
