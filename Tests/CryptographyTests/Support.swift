@testable import Cryptography

/// Runs what the tests need once; safe to call from each.
func startSodium() throws { try Sodium.start() }

/// A secret with known bytes, as only tests may have.
func secret(_ bytes: [UInt8]) throws -> SecretBytes {
    try startSodium()
    var bytes = bytes
    return try SecretBytes(wiping: &bytes)
}

/// A secret's bytes in the open, as only tests may have.
func exposed(_ secret: borrowing SecretBytes) -> [UInt8] { secret.withUnsafeBytes { [UInt8]($0) } }

func bound(to parts: String...) -> AssociatedData {
    var associatedData = AssociatedData()
    for part in parts { associatedData.append(part) }
    return associatedData
}

/// The error that `body` throws, or nil.
func failure<R: ~Copyable>(of body: () throws -> R) -> CryptographyError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? CryptographyError
    }
}
