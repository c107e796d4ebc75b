import Cryptography
public import Storage

/// What a ledger entry says.
public enum LedgerEvent: Sendable, Equatable {
    /// Keys of a record are destroyed: all of them, or those named.
    case erasure(record: RecordID, scope: ErasureScope, dekIDs: [UInt64])
    /// The access policy takes a new version; SHA-256 of its sealed form.
    case policy(version: UInt64, digest: [UInt8])
    /// The log was synced up to a size with a root.
    case logMark(size: UInt64, root: [UInt8])
    /// A policy version was announced but never committed.
    case policyAborted(version: UInt64)
    /// An announced policy version is committed: a database without it is an older one.
    case policyCommitted(version: UInt64)
    /// A rotation stands in its middle state, under the keyring of a generation: it settles the erasures
    /// up to the cutoff.
    case rotationBegun(epoch: UInt64, generation: UInt64, cutoff: UInt64, kind: RotationKind)
    /// A rotation is final, and the certificates of what it settles are in the log.
    case rotationFinal(epoch: UInt64, generation: UInt64, cutoff: UInt64)
    /// The log goes on from another state than the ledger knew, under a new origin.
    case logRestarted(
        cause: LogRestartCause, oldSize: UInt64, oldRoot: [UInt8], size: UInt64, root: [UInt8])
    /// A keys part of a backup is complete; SHA-256 of its signed manifest.
    case keysPart(number: UInt64, digest: [UInt8])
    /// The keyring took another generation without a rotation, as for a new root key.
    case keyringChanged(generation: UInt64)
}

/// What a rotation makes anew.
public enum RotationKind: UInt8, Sendable, CaseIterable {
    /// The KEK, the keys of dirty segments, and the index key if anything was removed.
    case epoch = 1
    /// Every key there is.
    case deep = 2
}

/// Why the log goes on from another state than the ledger knew.
public enum LogRestartCause: UInt8, Sendable {
    /// The vault was restored from a backup.
    case restore = 1
    /// An operator accepted an older database.
    case olderDatabase = 2
}

/// One entry of the ledger.
public struct LedgerEntry: Sendable, Equatable {
    /// Counted from 1, without gaps.
    public let number: UInt64
    /// When it was written, in Unix milliseconds.
    public let milliseconds: Int64
    /// What it says.
    public let event: LedgerEvent

    /// The body (docs/FORMAT.md, "Ledger").
    func encoded() -> [UInt8] {
        var body: [UInt8] = []
        body.appendInteger(number)
        body.appendInteger(milliseconds)
        switch event {
        case .erasure(let record, let scope, let dekIDs):
            body.append(1)
            body += record.bytes
            body.append(scope.isWhole ? 0 : 1)
            body.appendInteger(UInt16(clamping: dekIDs.count))
            for id in dekIDs.prefix(Int(UInt16.max)) { body.appendInteger(id) }
            guard case .compartments(let names, let generation) = scope else { break }
            body.appendInteger(generation)
            body.append(UInt8(clamping: names.count))
            for name in names.prefix(Int(UInt8.max)) {
                let bytes = Array(name.utf8.prefix(Int(UInt8.max)))
                body.append(UInt8(bytes.count))
                body += bytes
            }
        case .policy(let version, let digest):
            body.append(2)
            body.appendInteger(version)
            body += digest
        case .logMark(let size, let root):
            body.append(3)
            body.appendInteger(size)
            body += root
        case .policyAborted(let version):
            body.append(4)
            body.appendInteger(version)
        case .policyCommitted(let version):
            body.append(5)
            body.appendInteger(version)
        case .rotationBegun(let epoch, let generation, let cutoff, let kind):
            body.append(6)
            for number in [epoch, generation, cutoff] { body.appendInteger(number) }
            body.append(kind.rawValue)
        case .rotationFinal(let epoch, let generation, let cutoff):
            body.append(7)
            for number in [epoch, generation, cutoff] { body.appendInteger(number) }
        case .logRestarted(let cause, let oldSize, let oldRoot, let size, let root):
            body.append(8)
            body.append(cause.rawValue)
            body.appendInteger(oldSize)
            body += oldRoot
            body.appendInteger(size)
            body += root
        case .keysPart(let number, let digest):
            body.append(9)
            body.appendInteger(number)
            body += digest
        case .keyringChanged(let generation):
            body.append(10)
            body.appendInteger(generation)
        }
        return body
    }

    /// Reads a body; `nil` for a form that is not known.
    init?(decoding body: ArraySlice<UInt8>) {
        var reader = ByteReader(body)
        guard let number = reader.integer(UInt64.self),
            let milliseconds = reader.integer(Int64.self), let type = reader.integer(UInt8.self),
            let event = Self.event(type, &reader), reader.isAtEnd
        else { return nil }
        self.init(number: number, milliseconds: milliseconds, event: event)
    }

    init(number: UInt64, milliseconds: Int64, event: LedgerEvent) {
        self.number = number
        self.milliseconds = milliseconds
        self.event = event
    }

    private static func event(_ type: UInt8, _ reader: inout ByteReader) -> LedgerEvent? {
        switch type {
        case 1:
            guard let record = reader.bytes(16).flatMap({ RecordID(bytes: $0) }),
                let part = reader.integer(UInt8.self), part <= 1,
                let count = reader.integer(UInt16.self)
            else { return nil }
            var ids: [UInt64] = []
            for _ in 0..<count {
                guard let id = reader.integer(UInt64.self) else { return nil }
                ids.append(id)
            }
            guard let scope = part == 0 ? .whole : ErasureScope(&reader) else { return nil }
            return .erasure(record: record, scope: scope, dekIDs: ids)
        case 2:
            guard let version = reader.integer(UInt64.self), let digest = reader.bytes(32) else {
                return nil
            }
            return .policy(version: version, digest: Array(digest))
        case 3:
            guard let size = reader.integer(UInt64.self), let root = reader.bytes(32) else {
                return nil
            }
            return .logMark(size: size, root: Array(root))
        case 4: return reader.integer(UInt64.self).map { .policyAborted(version: $0) }
        case 5: return reader.integer(UInt64.self).map { .policyCommitted(version: $0) }
        case 6:
            guard let numbers = reader.integers(3),
                let kind = reader.integer(UInt8.self).flatMap({ RotationKind(rawValue: $0) })
            else { return nil }
            return .rotationBegun(
                epoch: numbers[0], generation: numbers[1], cutoff: numbers[2], kind: kind)
        case 7:
            return reader.integers(3).map {
                .rotationFinal(epoch: $0[0], generation: $0[1], cutoff: $0[2])
            }
        case 8:
            guard
                let cause = reader.integer(UInt8.self).flatMap({ LogRestartCause(rawValue: $0) }),
                let oldSize = reader.integer(UInt64.self), let oldRoot = reader.bytes(32),
                let size = reader.integer(UInt64.self), let root = reader.bytes(32)
            else { return nil }
            return .logRestarted(
                cause: cause, oldSize: oldSize, oldRoot: Array(oldRoot), size: size,
                root: Array(root))
        case 9:
            guard let number = reader.integer(UInt64.self), let digest = reader.bytes(32) else {
                return nil
            }
            return .keysPart(number: number, digest: Array(digest))
        case 10: return reader.integer(UInt64.self).map { .keyringChanged(generation: $0) }
        default: return nil
        }
    }
}

struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func integers(_ count: Int) -> [UInt64]? {
        var numbers: [UInt64] = []
        for _ in 0..<count {
            guard let number = integer(UInt64.self) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard let bytes = bytes(MemoryLayout<Number>.size) else { return nil }
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
    }
}

extension [UInt8] {
    mutating func appendInteger(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
