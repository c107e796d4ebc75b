import Glibc

/// The file of a replica of a ledger. It is opened anew each time, so that a mount that comes or goes is seen;
/// what it can't do is no error here: the replica is out of reach.
struct LedgerReplicaFile {
    let directory: String

    var path: String { directory + "/ledger" }

    /// What it holds: empty, where the directory is there without it.
    ///
    /// - Returns: `nil`: out of reach.
    func read() -> [UInt8]? {
        guard access(directory, W_OK | X_OK) == 0 else { return nil }
        do throws(KeyError) {
            return try KeyFiles.read(path) ?? []
        } catch {
            return nil
        }
    }

    /// Appends and syncs, if it is as long as it was left.
    ///
    /// - Returns: Whether it is on disk there.
    func append(_ bytes: ArraySlice<UInt8>, at end: Int) -> Bool {
        withFile(of: end) { descriptor in
            lseek(descriptor, off_t(end), SEEK_SET) == off_t(end)
                && bytes.withUnsafeBytes { KeyFiles.writeAll($0, to: descriptor) }
                && fdatasync(descriptor) == 0
        }
    }

    /// Keeps so many bytes and appends the others, synced; makes the file where there is none.
    func complete(_ bytes: ArraySlice<UInt8>, keeping end: Int, of count: Int) -> Bool {
        if count == 0, access(path, F_OK) != 0 {
            do throws(KeyError) {
                try KeyFiles.create(Array(bytes), at: path)
                return true
            } catch {
                return false
            }
        }
        return withFile(of: count) { descriptor in
            ftruncate(descriptor, off_t(end)) == 0 && fsync(descriptor) == 0
        } && append(bytes, at: end)
    }

    /// Puts other content in its place, synced.
    func replace(_ bytes: [UInt8]) -> Bool {
        do throws(KeyError) {
            try KeyFiles.prepare(bytes, inPlaceOf: path)
            try KeyFiles.putPrepared(at: path)
            return true
        } catch {
            return false
        }
    }

    /// Whether it is there, as long as it was left, with room for more.
    func isReachable(at end: Int) -> Bool {
        withFile(of: end) { descriptor in
            var status = statvfs()
            return fstatvfs(descriptor, &status) == 0 && status.f_bavail > 0
        }
    }

    /// Whether it lies on another file system than a file.
    func isElsewhere(than other: String) -> Bool {
        guard let here = KeyFiles.fileSystem(of: directory) else { return false }
        return here != KeyFiles.fileSystem(of: other)
    }

    /// Whether it is a file itself, under another name perhaps.
    func isSame(as other: String) -> Bool {
        var (here, there) = (stat(), stat())
        return stat(path, &here) == 0 && stat(other, &there) == 0
            && here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    private func withFile(of count: Int, _ body: (CInt) -> Bool) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        var status = stat()
        let isDone =
            fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && status.st_size == off_t(count) && body(descriptor)
        // A network file system may tell of a failed write only now.
        return close(descriptor) == 0 && isDone
    }
}
