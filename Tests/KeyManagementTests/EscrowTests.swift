import Cryptography
import Testing

@testable import KeyManagement

@Suite struct EscrowTests {
    @Test func recoveryKeyOpensTheEscrowToTheSameKeyring() throws {
        let fixture = try KeyFixture()
        let recoveryKey = try RecoveryKey.parse(fixture.recoveryText.bytes)
        let opened = try Escrow.open(fixture.read(fixture.escrowFile), recoveryKey: recoveryKey)
        #expect(try areSame(opened, fixture.keyring))
        let other = try KeyFixture()
        #expect(try !areSame(opened, other.keyring))
    }

    @Test func anotherRecoveryKeyIsRefused() throws {
        let fixture = try KeyFixture()
        let escrow = try fixture.read(fixture.escrowFile)
        let code = keyErrorCode {
            let other = try BoxSecretKey()
            _ = try Escrow.open(escrow, recoveryKey: other)
        }
        #expect(code == .keyringDamaged)
    }

    @Test func everyFlippedBitOfTheEscrowIsRefused() throws {
        let fixture = try KeyFixture()
        let recoveryKey = try RecoveryKey.parse(fixture.recoveryText.bytes)
        let file = try fixture.read(fixture.escrowFile)
        for (offset, flipped) in bitFlips(file) {
            do {
                _ = try Escrow.open(flipped, recoveryKey: recoveryKey)
                Issue.record("opened with byte \(offset) flipped")
            } catch {
                #expect(error.code == .keyringDamaged, "byte \(offset)")
                #expect(error.place.hasPrefix("escrow"), "byte \(offset)")
            }
        }
        _ = try Escrow.open(file, recoveryKey: recoveryKey)
    }

    @Test func everyWrongCharacterOfTheRecoveryTextIsNoticed() throws {
        let fixture = try KeyFixture()
        let text = fixture.recoveryText.bytes.withUnsafeBytes { [UInt8]($0) }
        #expect(String(decoding: text.prefix(17), as: UTF8.self) == "AITTA-RECOVERY-1-")
        #expect(text.count == 17 + 9 * 8 + 8 + 1)
        for offset in 17..<(text.count - 1) where text[offset] != UInt8(ascii: "-") {
            var wrong = text
            wrong[offset] =
                wrong[offset] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let secret = try SecretBytes(wiping: &wrong)
            #expect(throws: CryptographyError.self, "character \(offset)") {
                _ = try RecoveryKey.parse(secret)
            }
        }
        for count in 0..<(text.count - 1) {
            var short = Array(text[..<count])
            let secret = try SecretBytes(wiping: &short)
            #expect(throws: CryptographyError.self, "\(count) characters") {
                _ = try RecoveryKey.parse(secret)
            }
        }
        _ = try RecoveryKey.parse(fixture.recoveryText.bytes)
    }

    @Test func recoveryTextMayBeTypedInCapitals() throws {
        let fixture = try KeyFixture()
        var text = fixture.recoveryText.bytes.withUnsafeBytes {
            Array(String(decoding: $0, as: UTF8.self).uppercased().utf8)
        }
        let recoveryKey = try RecoveryKey.parse(SecretBytes(wiping: &text))
        #expect(recoveryKey.publicKey == fixture.keyring.recoveryKey)
    }
}
