import HTTPTypes
import Hummingbird
import NIOCore
import Vault
import VaultAPI

extension Request {
    /// Whether the body is a passphrase.
    var hasPassphrase: Bool { headers[.contentType] == APIMediaType.octetStream }

    /// Takes the passphrase out of the body, which is wiped.
    ///
    /// - Throws: `malformed_request` for another media type, an empty body, or one that is too long.
    func passphrase() async throws -> PresentedPassphrase {
        guard hasPassphrase else {
            throw Problem(
                .malformedRequest,
                violations: [Violation(.header(APIHeader.contentType), rule: "octet-stream")])
        }
        var passphrase: PresentedPassphrase?
        // `RequestAssembly` has put it into one part.
        for try await part in body {
            let taken = try part.withUnsafeReadableBytes { bytes in
                try PresentedPassphrase(wiping: UnsafeMutableRawBufferPointer(mutating: bytes))
            }
            guard passphrase == nil else {
                throw Problem(.malformedRequest, detail: "a passphrase comes in one part")
            }
            passphrase = taken
        }
        guard let passphrase else {
            throw Problem(.malformedRequest, detail: "the body is the passphrase")
        }
        return passphrase
    }
}

extension PresentedPassphrase {
    /// Zeroes the bytes of a buffer where they lie: what shares its storage with it included.
    static func wipe(inPlace buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { wipe(UnsafeMutableRawBufferPointer(mutating: $0)) }
    }
}
