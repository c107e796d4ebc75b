import Glibc
import Vault

/// A witness that is a file, best on another machine's mount: it holds the newest checkpoint whole, or
/// the one before.
struct WitnessFile: CheckpointWitness {
    private static let maximumNoteBytes = 1 << 18
    // A checkpoint names nobody, and the more keep it the better.
    private static let mode: mode_t = 0o644

    let path: String

    func take(_ note: [UInt8]) async throws(WitnessFailure) {
        let temporary = path + ".new"
        guard unlink(temporary) == 0 || errno == ENOENT else { throw failure("unwritable") }
        let file = open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, Self.mode)
        guard file >= 0 else { throw failure("unwritable") }
        defer { close(file) }
        guard fchmod(file, Self.mode) == 0,
            note.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == note.count,
            fsync(file) == 0, rename(temporary, path) == 0
        else {
            unlink(temporary)
            throw failure("unwritable")
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = open(
            slash == path.startIndex ? "/" : String(path[..<slash]),
            O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("unwritable") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("unwritable") }
    }

    func held() async throws(WitnessFailure) -> WitnessedNote? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure("unreadable") }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG,
            let note = readFile(path, maximumCount: Self.maximumNoteBytes)
        else { throw failure("unreadable") }
        return WitnessedNote(
            note: note,
            milliseconds: Int64(status.st_mtim.tv_sec) * 1000
                + Int64(status.st_mtim.tv_nsec) / 1_000_000)
    }

    private func failure(_ code: String) -> WitnessFailure { WitnessFailure("file-" + code) }
}
