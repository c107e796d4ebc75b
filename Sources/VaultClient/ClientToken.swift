import Cryptography
import Glibc

/// A token that a client presents, kept in guarded memory.
///
/// Services that share a uid are told apart by it: its grants apply in place of the uid's.
public final class ClientToken: Sendable {
    /// Why a token's file was not taken.
    public enum FileError: Error, Sendable, Equatable {
        /// It can't be read; what the system says.
        case unreadable(errno: Int32)
        /// Others than its owner may read it.
        case open
        /// What it holds is no token.
        case malformed
    }

    private let text: SecretBytes

    /// The longest file that is read, in bytes.
    private static let maximumBytes = 128

    /// Reads a file that holds a token and nothing else; its mode lets nobody but the owner read it.
    public init(file path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno: errno) }
        guard status.st_mode & 0o077 == 0 else { throw .open }
        do throws(CryptographyError) {
            // In a client memory that can't be locked is better than no guarded memory.
            try Sodium.start(lockedMemory: .permitUnlocked)
            var bytes = try SecretBytes(count: Self.maximumBytes)
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .malformedText }
            let end = bytes.withUnsafeBytes { $0.prefix(count).lastIndex { $0 > 0x20 } ?? -1 } + 1
            let isPrintable = bytes.withUnsafeBytes {
                $0.prefix(end).allSatisfy { 0x21...0x7E ~= $0 }
            }
            guard end > 0, isPrintable else { throw .malformedText }
            try bytes.truncate(to: end)
            text = bytes
        } catch {
            throw .malformed
        }
    }

    /// The value of an `Authorization` header. The HTTP client takes text alone.
    var authorization: String {
        text.withUnsafeBytes { "Bearer " + String(decoding: $0, as: UTF8.self) }
    }
}
