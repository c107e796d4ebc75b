import Cryptography
import Foundation
import Testing

@testable import KeyManagement

/// Of keyring and escrow no old copy survives where the file system overwrites in place.
@Suite struct KeyringReplacementTests {
    private let fixture: KeyFixture

    init() throws { fixture = try KeyFixture() }

    /// A file that is held open shows what became of its blocks.
    @Test func replacedFilesAreOverwritten() throws {
        for path in [fixture.keyringFile, fixture.escrowFile] {
            let old = try fixture.read(path)
            let held = try #require(FileHandle(forReadingAtPath: path))
            try fixture.directory.write(fixture.keyring, rootKey: fixture.rootKey)
            let left = [UInt8](try held.readToEnd() ?? Data())
            #expect(left.count == old.count)
            #expect(longestCommonRun(left, old) < 8, "\(path)")
            #expect(try fixture.read(path) != old)
        }
        #expect(try names() == ["escrow", "keyring", "ledger"])
    }

    /// Every state in which a crash can leave a replacement.
    @Test func leftoversOfACrashAreDestroyed() throws {
        let manager = FileManager.default
        let keyring = try fixture.read(fixture.keyringFile)
        for suffix in [".new", ".old"] {
            let leftover = fixture.keyringFile + suffix
            try fixture.write(keyring, to: leftover)
            let held = try #require(FileHandle(forReadingAtPath: leftover))
            try fixture.directory.destroyLeftovers()
            #expect(longestCommonRun([UInt8](try held.readToEnd() ?? Data()), keyring) < 8)
        }
        // After link(2) and before rename(2): one file of two names.
        try manager.linkItem(atPath: fixture.keyringFile, toPath: fixture.keyringFile + ".old")
        try fixture.directory.destroyLeftovers()
        #expect(try fixture.read(fixture.keyringFile) == keyring)
        #expect(try names() == ["escrow", "keyring", "ledger"])
        try manager.linkItem(atPath: fixture.keyringFile, toPath: fixture.keyringFile + ".old")
        try fixture.write(keyring, to: fixture.keyringFile + ".new")
        try fixture.directory.write(fixture.keyring, rootKey: fixture.rootKey)
        #expect(try names() == ["escrow", "keyring", "ledger"])
        _ = try fixture.directory.open(rootKey: fixture.rootKey, vault: fixture.vault)
    }

    @Test func strengthFollowsTheFileSystem() throws {
        let expected: [UInt32: StorageStrength] = [
            0xEF53: .file, 0x5846_5342: .file, 0x9123_683E: .copyOnWrite, 0x2FC1_2FC1: .copyOnWrite,
            0x794C_7630: .copyOnWrite, 0x6969: .network, 0xFF53_4D42: .network,
            0x6573_5546: .network, 0x0102_1994: .memory, 0x1234_5678: .unknown, 0: .unknown,
        ]
        for (number, strength) in expected {
            #expect(StorageStrength(fileSystem: number) == strength)
        }
        #expect(StorageStrength.of("/dev/shm") == .memory)
        #expect(StorageStrength.of("/nonexistent") == .unknown)
        for strength in StorageStrength.allCases {
            #expect((strength.warning == nil) == (strength == .file))
        }
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/keyring").sorted()
    }

    private func longestCommonRun(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var (longest, run) = (0, 0)
        for (one, other) in zip(first, second) {
            run = one == other ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
