import Cryptography
import Foundation
import Testing

@testable import KeyManagement

@Suite struct KeyringTests {
    @Test func keyringOpensToTheSameKeys() throws {
        let fixture = try KeyFixture()
        let opened = try fixture.directory.open(rootKey: fixture.rootKey, vault: fixture.vault)
        #expect(try areSame(opened, fixture.keyring))
        #expect(opened.kek.epoch == 1)
        #expect(opened.kek.createdSeconds == fixture.keyring.kek.createdSeconds)
        #expect(opened.indexKey.generation == 1)
        #expect(opened.cutoff == 0)
        let other = try KeyFixture()
        #expect(try !areSame(opened, other.keyring))
    }

    @Test func anotherRootKeyIsRefused() throws {
        let fixture = try KeyFixture()
        let other = try RootKey(SecretBytes(random: 32))
        let code = keyErrorCode {
            _ = try fixture.directory.open(rootKey: other, vault: fixture.vault)
        }
        #expect(code == .wrongRootKey)
    }

    @Test func keyringOfAnotherVaultIsRefused() throws {
        let fixture = try KeyFixture()
        let code = keyErrorCode {
            _ = try fixture.directory.open(rootKey: fixture.rootKey, vault: sampleVault(2))
        }
        #expect(code == .keyringOfOtherVault)
    }

    @Test func everyFlippedBitOfTheKeyringIsRefused() throws {
        let fixture = try KeyFixture()
        let file = try fixture.read(fixture.keyringFile)
        #expect(file.count > 33 + 32 + 40)
        for (offset, flipped) in bitFlips(file) {
            do {
                _ = try KeyringFile.open(
                    flipped, rootKey: fixture.rootKey, vault: fixture.vault)
                Issue.record("opened with byte \(offset) flipped")
            } catch {
                let codes: [KeyError.Code] = [.keyringDamaged, .keyringOfOtherVault, .wrongRootKey]
                #expect(codes.contains(error.code), "byte \(offset)")
                #expect(error.place.hasPrefix("keyring"), "byte \(offset)")
            }
        }
        _ = try KeyringFile.open(file, rootKey: fixture.rootKey, vault: fixture.vault)
    }

    @Test func cutAndLengthenedKeyringsAreRefused() throws {
        let fixture = try KeyFixture()
        let file = try fixture.read(fixture.keyringFile)
        for count in 0..<file.count {
            let code = keyErrorCode {
                _ = try KeyringFile.open(
                    Array(file[..<count]), rootKey: fixture.rootKey, vault: fixture.vault)
            }
            #expect(code == .keyringDamaged, "\(count) bytes")
        }
        let code = keyErrorCode {
            _ = try KeyringFile.open(
                file + [0], rootKey: fixture.rootKey, vault: fixture.vault)
        }
        #expect(code == .keyringDamaged)
    }

    @Test func missingKeyringSaysWhatToDo() throws {
        let fixture = try KeyFixture()
        try FileManager.default.removeItem(atPath: fixture.keyringFile)
        do {
            _ = try fixture.directory.open(rootKey: fixture.rootKey, vault: fixture.vault)
            Issue.record("opened without a file")
        } catch {
            #expect(error.code == .keyringMissing)
            #expect(error.place == fixture.keyringFile)
            #expect(error.hint?.contains("recovery key") == true)
        }
    }

    @Test func aSecondVaultIsNotMadeInTheSameDirectory() throws {
        let fixture = try KeyFixture()
        let before = try fixture.read(fixture.keyringFile)
        let code = keyErrorCode {
            try fixture.directory.create(fixture.keyring, rootKey: fixture.rootKey)
        }
        #expect(code == .alreadyThere)
        #expect(try fixture.read(fixture.keyringFile) == before)
    }

    @Test func filesAreTheOwnersAlone() throws {
        let fixture = try KeyFixture()
        for file in [fixture.keyringFile, fixture.escrowFile, fixture.directory.ledgerPath] {
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(file)")
        }
        let mode = try FileManager.default
            .attributesOfItem(atPath: fixture.directory.path)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }
}
