import Cryptography
import Foundation
import Testing

@testable import KeyManagement

@Suite struct RootKeySourceTests {
    private static let right = "viisi sanaa riittää hyvin tähän"

    @Test func aPassphraseOpensTheKeyringAndAnotherDoesNot() throws {
        let fixture = try KeyFixture()
        let file = PassphraseFile(path: fixture.path + "/root.passphrase")
        let rootKey = try file.create(passphrase(Self.right))
        try fixture.directory.write(fixture.keyring, rootKey: rootKey)
        let sources = RootKeySources(current: .passphrase(path: file.path))
        func open(_ given: String?) throws -> OpenedKeyring {
            try sources.open(
                fixture.directory, vault: fixture.vault, passphrase: try given.map(passphrase))
        }
        #expect(try areSame(open(Self.right).keyring, fixture.keyring))
        #expect(keyErrorCode { _ = try open(nil) } == .passphraseRequired)
        for wrong in ["", "viisi", Self.right + " ", Self.right.uppercased()] {
            #expect(keyErrorCode { _ = try open(wrong) } == .wrongPassphrase, "\(wrong)")
        }
    }

    @Test func saltAndCostAreInAFileThatHoldsNoSecret() throws {
        let fixture = try KeyFixture()
        let file = PassphraseFile(path: fixture.path + "/root.passphrase")
        _ = try file.create(passphrase(Self.right))
        let text = String(decoding: try fixture.read(file.path), as: UTF8.self)
        #expect(
            text.wholeMatch(of: /aitta-passphrase-1:argon2id:3:262144:[0-9a-f]{32}\n/) != nil,
            "\(text)")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(keyErrorCode { _ = try file.create(passphrase(Self.right)) } == .alreadyThere)
    }

    @Test func shortPassphrasesAreNotTakenForNew() throws {
        let fixture = try KeyFixture()
        let file = PassphraseFile(path: fixture.path + "/root.passphrase")
        for short in ["", "12345678901234", "ääääääääääääää"] {
            #expect(keyErrorCode { _ = try file.create(passphrase(short)) } == .passphraseTooShort)
        }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        _ = try file.create(passphrase("äääääääääääääää"))
    }

    /// A forged file neither takes all memory nor weakens anything: another cost is another key.
    @Test func forgedPassphraseFilesAreRefused() throws {
        let fixture = try KeyFixture()
        let path = fixture.path + "/root.passphrase"
        let salt = String(repeating: "0a", count: 16)
        let prefix = "aitta-passphrase-1:argon2id:"
        for text in [
            "", "\n", prefix, "\(prefix)3:262144", "\(prefix)3:262144:\(salt)",
            "\(prefix)3:1048577:\(salt)\n", "\(prefix)3:99999999999999999999:\(salt)\n",
            "\(prefix)17:8192:\(salt)\n", "\(prefix)0:8192:\(salt)\n", "\(prefix)3:1:\(salt)\n",
            "\(prefix)3:-8192:\(salt)\n", "\(prefix)+3:8192:\(salt)\n",
            "\(prefix)3:08192:\(salt)\n",
            "\(prefix)3:8192:\(salt.dropLast(2))\n", "\(prefix)3:8192:\(salt)0a\n",
            "\(prefix)3:8192:\(salt.uppercased())\n", "\(prefix)3:8192:\(salt)\n\n",
            "aitta-passphrase-2:argon2id:3:8192:\(salt)\n",
            "aitta-passphrase-1:scrypt:3:8192:\(salt)\n",
        ] {
            try fixture.write(Array(text.utf8), to: path)
            #expect(
                keyErrorCode { try PassphraseFile(path: path).read() } == .passphraseFileMalformed,
                "\(text)")
        }
        try fixture.write(Array("\(prefix)1:8192:\(salt)\n".utf8), to: path)
        try PassphraseFile(path: path).read()
        try fixture.write(Array("\(prefix)1:8192:\(salt)\n".utf8), to: path, mode: 0o644)
        #expect(keyErrorCode { try PassphraseFile(path: path).read() } == .keyFileExposed)
        try FileManager.default.removeItem(atPath: path)
        #expect(
            keyErrorCode { try PassphraseFile(path: path).read() } == .passphraseFileMissing)
    }

    @Test func aCredentialHoldsWhatAKeyFileHolds() throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.path + "/aitta-root-key")
        let rootKey = try file.create()
        let header = [UInt8](repeating: 7, count: 33)
        let credential = RootKeyCredential(name: "aitta-root-key", directory: fixture.path)
        #expect(try credential.rootKey().commitment(to: header) == rootKey.commitment(to: header))
        for (name, directory) in [
            ("other", fixture.path), ("aitta-root-key", nil), ("aitta-root-key", "/nonexistent"),
            ("../aitta-root-key", fixture.path + "/keyring"), ("", fixture.path),
            ("aitta-root-key", ""),
        ] {
            let missing = RootKeyCredential(name: name, directory: directory)
            #expect(keyErrorCode { _ = try missing.rootKey() } == .credentialMissing, "\(name)")
        }
    }

    /// systemd's ACL shows as the group's permission on a file of root's; anything more is exposed.
    @Test func exposedCredentialsAreRefused() throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.path + "/cred")
        _ = try file.create()
        let isRoot = geteuid() == 0 && getegid() == 0
        for (mode, isTaken) in [
            (0o400, true), (0o600, true), (0o440, isRoot), (0o404, false), (0o444, false),
            (0o460, false), (0o640, isRoot), (0o620, false),
        ] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: file.path)
            let code = keyErrorCode {
                _ = try RootKeyCredential(name: "cred", directory: fixture.path).rootKey()
            }
            #expect(code == (isTaken ? nil : .credentialExposed), "\(String(mode, radix: 8))")
        }
        try fixture.write(Array("aitta-root-key-1:AAAA\n".utf8), to: file.path)
        let malformed = keyErrorCode {
            _ = try RootKeyCredential(name: "cred", directory: fixture.path).rootKey()
        }
        #expect(malformed == .credentialMalformed)
    }

    /// Whichever of two sources fits is the vault's, in either order.
    @Test func theSourceOfAnInterruptedChangeOpensTheKeyring() throws {
        let fixture = try KeyFixture()
        let (old, new) = (fixture.path + "/old.key", fixture.path + "/new.key")
        let keys = [try RootKeyFile(path: old).create(), try RootKeyFile(path: new).create()]
        let sources = RootKeySources(
            current: .keyFile(path: old), pending: .keyFile(path: new))
        for (key, path) in zip(keys, [old, new]) {
            try fixture.directory.write(fixture.keyring, rootKey: key)
            let opened = try sources.open(fixture.directory, vault: fixture.vault)
            #expect(opened.source == .keyFile(path: path))
        }
        try fixture.directory.write(
            fixture.keyring, rootKey: RootKey(SecretBytes(random: 32)))
        #expect(
            keyErrorCode { _ = try sources.open(fixture.directory, vault: fixture.vault) }
                == .wrongRootKey)
        // What fits is asked before whoever must be woken up.
        let phrase = fixture.path + "/root.passphrase"
        let derived = try PassphraseFile(path: phrase).create(passphrase(Self.right))
        for (current, pending) in [
            (RootKeySource.passphrase(path: phrase), RootKeySource.keyFile(path: new)),
            (.keyFile(path: new), .passphrase(path: phrase)),
        ] {
            let both = RootKeySources(current: current, pending: pending)
            try fixture.directory.write(fixture.keyring, rootKey: keys[1])
            #expect(
                try both.open(fixture.directory, vault: fixture.vault).source
                    == .keyFile(path: new))
            try fixture.directory.write(fixture.keyring, rootKey: derived)
            #expect(
                keyErrorCode { _ = try both.open(fixture.directory, vault: fixture.vault) }
                    == .passphraseRequired)
            let given = try passphrase(Self.right)
            #expect(
                try both.open(fixture.directory, vault: fixture.vault, passphrase: given).source
                    == .passphrase(path: phrase))
        }
    }

    @Test func damageIsToldWhateverTheSource() throws {
        let fixture = try KeyFixture()
        let phrase = fixture.path + "/root.passphrase"
        let derived = try PassphraseFile(path: phrase).create(passphrase(Self.right))
        try fixture.directory.write(fixture.keyring, rootKey: derived)
        var file = try fixture.read(fixture.keyringFile)
        file[file.count - 1] ^= 1
        try fixture.write(file, to: fixture.keyringFile)
        let sources = RootKeySources(current: .passphrase(path: phrase))
        let given = try passphrase(Self.right)
        #expect(
            keyErrorCode {
                _ = try sources.open(fixture.directory, vault: fixture.vault, passphrase: given)
            } == .keyringDamaged)
    }

    private func passphrase(_ text: String) throws -> Passphrase {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        var bytes = Array(text.utf8)
        return Passphrase(try SecretBytes(wiping: &bytes))
    }
}
