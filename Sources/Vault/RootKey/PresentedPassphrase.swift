import Cryptography
public import KeyManagement

/// A passphrase that came over the socket, in guarded memory from where its request is read.
public struct PresentedPassphrase: Sendable {
    /// The passphrase.
    public let passphrase: Passphrase

    /// Moves the bytes in: they are zeroed where they were.
    ///
    /// - Throws: ``VaultError/Code/notReady`` when there is no memory for it.
    public init(wiping bytes: UnsafeMutableRawBufferPointer) throws(VaultError) {
        do throws(CryptographyError) {
            passphrase = Passphrase(try SecretBytes(wiping: bytes))
        } catch {
            throw VaultError(.notReady, detail: "no memory for a passphrase")
        }
    }

    /// Zeroes bytes that one has been read from.
    public static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        Wiping.wipe(bytes)
    }
}
