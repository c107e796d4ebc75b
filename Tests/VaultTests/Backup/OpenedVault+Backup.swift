import Cryptography
import Foundation
import KeyManagement
import Storage
import StrictJSON
import Synchronization
import Testing

@testable import Vault

/// A directory for parts, gone with the test.
final class PartsDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "aitta-backup-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var destination: BackupDirectory { BackupDirectory(path: path) }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }
}

/// A destination whose writes fail where a test says so.
final class FaultyDestination: BackupDestination {
    enum Point: Sendable, Equatable {
        case check
        case create
        case write(after: Int)
        case finish
    }

    let inner: BackupDirectory
    private let state: Locked<Point?>
    private var fault: Point? { state.value }

    init(_ inner: BackupDirectory, failing fault: Point?) {
        self.inner = inner
        state = Locked(fault)
    }

    /// Nothing fails from here on.
    func mend() { state.change { $0 = nil } }

    var name: String { inner.name }

    func check() throws(BackupFailure) {
        if fault == .check { throw failure }
        try inner.check()
    }

    func names() throws(BackupFailure) -> [String] { try inner.names() }

    func removePartials() throws(BackupFailure) { try inner.removePartials() }

    func create(_ name: String) throws(BackupFailure) -> any BackupSink {
        if fault == .create { throw failure }
        return Sink(inner: try inner.create(name), fault: fault, failure: failure)
    }

    func open(_ name: String) throws(BackupFailure) -> any BackupSource { try inner.open(name) }

    private var failure: BackupFailure { BackupFailure(.notWritten, at: name) }

    private final class Sink: BackupSink {
        let inner: any BackupSink
        let fault: Point?
        let failure: BackupFailure
        var count = 0

        init(inner: any BackupSink, fault: Point?, failure: BackupFailure) {
            self.inner = inner
            self.fault = fault
            self.failure = failure
        }

        func write(_ bytes: [UInt8]) throws(BackupFailure) {
            count += 1
            if case .write(let after) = fault, count > after { throw failure }
            try inner.write(bytes)
        }

        func finish() throws(BackupFailure) {
            if fault == .finish { throw failure }
            try inner.finish()
        }

        func abandon() { inner.abandon() }
    }
}

extension OpenedVault {
    /// Makes a backup and waits for its end.
    ///
    /// - Returns: What came of it.
    @discardableResult
    func backUp(to directory: String?) async throws -> JSONValue {
        let proof = try await authorize(BackUp.self, TestCaller.custodian, nil)
        _ = try await vault.startBackup(proof, directory: directory)
        await vault.backups.ended()
        return try #require(vault.backups(proof)["lastBackup"])
    }
}

extension PartsDirectory {
    /// All of a part, verified.
    func part(
        _ part: BackupPart, _ number: UInt64, _ keyring: Keyring
    ) throws -> PartDump {
        let name = part.fileName(number)
        var reader = try PartReader(destination.open(name), place: name)
        var dump = PartDump()
        let key = keyring.certificateKey.publicKey
        let verified = try reader.verify(certificateKey: key) { chunk, body in
            switch chunk {
            case .manifest: break
            case .rows: dump.rows += BackupItems.rows(body) ?? []
            case .entries: dump.entries += BackupItems.entries(body) ?? []
            case .segments: dump.segments += BackupItems.segments(body) ?? []
            case .boxes: dump.boxes += BackupItems.boxes(body) ?? []
            case .tombstones: dump.tombstones += BackupItems.tombstones(body) ?? []
            case .states: dump.states += BackupItems.states(body) ?? []
            case .certificates: dump.certificates += BackupItems.certificates(body) ?? []
            }
        }
        dump.manifest = verified.manifest
        dump.digest = verified.digest.bytes
        return dump
    }
}

/// What a part holds.
struct PartDump {
    var manifest: BackupManifest?
    var digest: [UInt8] = []
    var rows: [BackupRow] = []
    var entries: [AuditEntry] = []
    var segments: [StoredSegment] = []
    var boxes: [BackupBox] = []
    var tombstones: [StoredTombstone] = []
    var states: [StoredState] = []
    var certificates: [ListedCertificate] = []
}
