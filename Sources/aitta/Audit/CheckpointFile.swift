import Cryptography
import Glibc
import StrictJSON
import Verification

/// A file that holds a log's latest known checkpoint.
struct CheckpointFile {
    // A checkpoint names nobody, and the more keep it the better.
    private static let mode: mode_t = 0o644

    let path: String

    /// Puts a checkpoint in the file. What the file held must be an earlier checkpoint of the same
    /// log, from which the log has only grown: else it stays, since it proves something.
    ///
    /// - Parameter proof: asks the log for the answer to `?from=A&to=B`.
    func keep(
        _ stated: StatedCheckpoint, proof: (UInt64, UInt64) async throws -> JSONValue
    ) async throws {
        if access(path, F_OK) == 0 {
            let earlier: EarlierCheckpoint
            do {
                earlier = try EarlierCheckpoint(path: path, keys: stated.keys)
            } catch {
                guard var failure = error as? Failure else { throw error }
                failure.hint = "it was left as it is: name another file"
                throw failure
            }
            try await check(earlier, stated, proof: proof)
        }
        try PrivateFile.replace(path, with: stated.note, mode: Self.mode)
    }

    private func check(
        _ earlier: EarlierCheckpoint, _ stated: StatedCheckpoint,
        proof: (UInt64, UInt64) async throws -> JSONValue
    ) async throws {
        let (old, new) = (earlier.head, stated.head)
        let hint = "it was left as it is: keep it, it is the proof"
        guard old.size <= new.size else {
            throw Failure(
                LogFault.shorter(size: new.size, earlier: earlier).message, hint: hint)
        }
        guard old.size != new.size || old == new else {
            throw Failure(LogFault.otherEarlierRoot(earlier, since: 0).message, hint: hint)
        }
        // Every log begins with the empty one, and with itself.
        guard old.size > 0, old.size < new.size else { return }
        let hashes = Digest32.list(try await proof(old.size, new.size)["hashes"])
        guard let hashes, ConsistencyProof(hashes: hashes).isValid(from: old, to: new) else {
            throw Failure(
                "the log was altered: it does not begin with the \(old.size) entries of the "
                    + "checkpoint in \(path)", hint: hint)
        }
    }
}

extension Digest32 {
    /// Hashes in base64; nil for anything else.
    static func list(_ json: JSONValue?) -> [Digest32]? {
        guard let items = json?.items else { return nil }
        let hashes = items.compactMap(one)
        return hashes.count == items.count ? hashes : nil
    }

    /// A hash in base64; nil for anything else.
    static func one(_ json: JSONValue?) -> Digest32? {
        json?.text.flatMap(Base64.decode).flatMap { Digest32($0) }
    }
}
