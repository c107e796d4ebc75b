import Testing

@testable import Cryptography

/// Prints what operations cost; asserts nothing about time.
@Suite(.serialized) struct MeasurementTests {
    @Test func costs() throws {
        try startSodium()
        let key = try SecretBytes(random: 32)
        let signingKey = try SigningKey(seed: SecretBytes(random: 32))
        let plaintext = [UInt8](repeating: 7, count: 64)
        var data = bound(to: "format 1", "vault", "record", "contact", "phone")
        let mark = data.mark
        let sealed = try AEAD.seal(plaintext, associatedData: data, key: key)
        let signature = signingKey.sign(plaintext)
        let slots = SecretMemory.shared
        var buffer: [UInt8] = []
        buffer.reserveCapacity(1_024)

        try measure("slot, allocate and free") { slots.release(try slots.allocate(count: 32)) }
        try measure("SecretBytes(count: 32)") { _ = try SecretBytes(count: 32) }
        try measure("SecretBytes(count: 512)") { _ = try SecretBytes(count: 512) }
        try measure("SecretBytes(random: 32)") { _ = try SecretBytes(random: 32) }
        try measure("seal 64 B, appending") {
            buffer.removeAll(keepingCapacity: true)
            try plaintext.withUnsafeBytes {
                try AEAD.seal($0, associatedData: data, key: key, appendingTo: &buffer)
            }
        }
        try measure("open 64 B, appending") {
            buffer.removeAll(keepingCapacity: true)
            try sealed.withUnsafeBytes {
                try AEAD.open($0, associatedData: data, key: key, appendingTo: &buffer)
            }
        }
        try measure("openSecret 64 B") {
            _ = try AEAD.openSecret(sealed, associatedData: data, key: key)
        }
        try measure("associated data, last part anew") {
            data.rewind(to: mark)
            data.append("email")
        }
        try measure("digest16 64 B") {
            _ = try plaintext.withUnsafeBytes { try KeyedHash.digest16($0, key: key) }
        }
        try measure("KeyedHasher, two parts") {
            var hasher = try KeyedHasher(key: key, count: 16)
            hasher.update(part: "email")
            hasher.update(part: "aino@example.fi")
            _ = try hasher.finalize16()
        }
        try measure("pad and unpad 50 B") {
            buffer.removeAll(keepingCapacity: true)
            buffer.append(contentsOf: repeatElement(1, count: 50))
            try Padding.values.pad(&buffer)
            try Padding.values.unpad(&buffer)
        }
        try measure("SHA-256 64 B") { _ = SHA256.hash(plaintext) }
        try measure("sign", 2_000) { _ = signingKey.sign(plaintext) }
        try measure("verify", 2_000) {
            _ = signingKey.publicKey.isValidSignature(signature, for: plaintext)
        }
    }

    private func measure(
        _ name: String, _ rounds: Int = 50_000, _ body: () throws -> Void
    ) throws {
        let elapsed = try ContinuousClock().measure { for _ in 0..<rounds { try body() } }
        let nanoseconds =
            elapsed.components.seconds * 1_000_000_000
            + elapsed.components.attoseconds / 1_000_000_000
        print("\(name): \(nanoseconds / Int64(rounds)) ns")
    }
}
