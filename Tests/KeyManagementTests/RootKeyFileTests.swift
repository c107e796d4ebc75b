import Cryptography
import Foundation
import Testing

@testable import KeyManagement

@Suite struct RootKeyFileTests {
    @Test func madeKeyReadsBack() throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.rootKeyFile)
        let made = try file.create()
        let mode = try FileManager.default
            .attributesOfItem(atPath: file.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let sealed = try KeyringFile.seal(fixture.keyring, rootKey: made)
        let opened = try KeyringFile.open(sealed, rootKey: file.rootKey(), vault: fixture.vault)
        #expect(try areSame(opened, fixture.keyring))
        #expect(keyErrorCode { _ = try file.create() } == .alreadyThere)
    }

    @Test func commentsAndEmptyLinesAreSkipped() throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.rootKeyFile)
        let sealed = try KeyringFile.seal(fixture.keyring, rootKey: file.create())
        let line = try fixture.read(file.path)
        try fixture.write(Array("# ours\n\n".utf8) + line + Array("\n# end\n".utf8), to: file.path)
        _ = try KeyringFile.open(sealed, rootKey: file.rootKey(), vault: fixture.vault)
        try fixture.write(line + line, to: file.path)
        #expect(keyErrorCode { _ = try file.rootKey() } == .keyFileMalformed)
    }

    @Test(arguments: [0o644, 0o640, 0o620, 0o604, 0o601, 0o660, 0o666, 0o700 | 0o010])
    func exposedFilesAreRefused(mode: Int) throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.rootKeyFile)
        _ = try file.create()
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: file.path)
        #expect(keyErrorCode { _ = try file.rootKey() } == .keyFileExposed)
        for safe in [0o600, 0o400] {
            try FileManager.default.setAttributes(
                [.posixPermissions: safe], ofItemAtPath: file.path)
            _ = try file.rootKey()
        }
    }

    @Test func whatIsNoFileIsRefused() throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.rootKeyFile)
        #expect(keyErrorCode { _ = try file.rootKey() } == .keyFileMissing)
        try FileManager.default.createDirectory(
            atPath: file.path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        #expect(keyErrorCode { _ = try file.rootKey() } == .keyFileMalformed)
        let real = RootKeyFile(path: fixture.path + "/real.key")
        _ = try real.create()
        let link = RootKeyFile(path: fixture.path + "/link.key")
        try FileManager.default.createSymbolicLink(
            atPath: link.path, withDestinationPath: real.path)
        #expect(keyErrorCode { _ = try link.rootKey() } == .keyFileMissing)
        _ = try real.rootKey()
    }

    @Test func exampleKeyIsRefused() throws {
        let fixture = try KeyFixture()
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("keys.example")
        let text = try String(contentsOf: example, encoding: .utf8)
        let file = RootKeyFile(path: fixture.rootKeyFile)
        try fixture.write(Array(text.utf8), to: file.path)
        #expect(keyErrorCode { _ = try file.rootKey() } == .keyFileExample)
        // Any other key of the same form is taken.
        let other = text.replacingOccurrences(of: "aitta-root-key-1:q", with: "aitta-root-key-1:r")
        #expect(other != text)
        try fixture.write(Array(other.utf8), to: file.path)
        _ = try file.rootKey()
    }

    @Test func everyFlippedBitIsRefusedOrAnotherKey() throws {
        let fixture = try KeyFixture()
        let file = RootKeyFile(path: fixture.rootKeyFile)
        let sealed = try KeyringFile.seal(fixture.keyring, rootKey: file.create())
        let line = try fixture.read(file.path)
        for (offset, flipped) in bitFlips(Array(line.dropLast())) {
            try fixture.write(flipped, to: file.path)
            let code = keyErrorCode {
                _ = try KeyringFile.open(sealed, rootKey: file.rootKey(), vault: fixture.vault)
            }
            // libsodium reads `+` and `/` also with their highest bit set: the same key, never another.
            let isSameKey = code == nil && flipped[offset] >= 0x80
            #expect(
                code == .keyFileMalformed || code == .wrongRootKey || isSameKey,
                "byte \(offset): \(code?.rawValue ?? "opened")")
        }
        try fixture.write(line, to: file.path)
        _ = try KeyringFile.open(sealed, rootKey: file.rootKey(), vault: fixture.vault)
    }

    @Test(arguments: [
        "", "\n", "aitta-root-key-1:",
        "aitta-root-key-2:qF+GQjK4h9qTARlMrraiOOcNA6CQFMcZRbxqS6wA/UM=",
        "qF+GQjK4h9qTARlMrraiOOcNA6CQFMcZRbxqS6wA/UM=", "aitta-root-key-1:qF+GQjK4h9qTARlMrrY=",
        "aitta-root-key-1:qF+GQjK4h9qTARlMrraiOOcNA6CQFMcZRbxqS6wA/UMqF+GQjK4h9qT=",
    ])
    func malformedKeysAreRefused(text: String) throws {
        let fixture = try KeyFixture()
        try fixture.write(Array(text.utf8), to: fixture.rootKeyFile)
        let file = RootKeyFile(path: fixture.rootKeyFile)
        #expect(keyErrorCode { _ = try file.rootKey() } == .keyFileMalformed)
    }
}
