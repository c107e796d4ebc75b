import Foundation
import Storage
import Testing

@testable import KeyManagement

@Suite struct LedgerTests {
    private static let events: [LedgerEvent] = [
        .policy(version: 1, digest: [UInt8](repeating: 7, count: 32)),
        .erasure(record: sampleRecord(1), scope: .whole, dekIDs: [1, 2, .max]),
        .erasure(
            record: sampleRecord(2), scope: .compartments([], generation: 1), dekIDs: []),
        .erasure(
            record: sampleRecord(2), scope: .compartments(["billing", "contact"], generation: 7),
            dekIDs: [3, 4]),
        .logMark(size: 12, root: [UInt8](repeating: 9, count: 32)),
        .policyAborted(version: 2),
        .policyCommitted(version: 1),
        .rotationBegun(epoch: 2, generation: 2, cutoff: 6, kind: .epoch),
        .rotationFinal(epoch: 2, generation: 3, cutoff: 6),
        .logRestarted(
            cause: .restore, oldSize: 12, oldRoot: [UInt8](repeating: 9, count: 32), size: 7,
            root: [UInt8](repeating: 8, count: 32)),
        .keysPart(number: 3, digest: [UInt8](repeating: 6, count: 32)),
        .keyringChanged(generation: 4),
        .erasure(record: sampleRecord(3), scope: .whole, dekIDs: [5]),
    ]

    /// A ledger with all kinds of entries, each appended alone, and where each of them ends.
    private func filled() throws -> (fixture: KeyFixture, ends: [Int]) {
        let fixture = try KeyFixture()
        let (ledger, entries) = try fixture.openLedger()
        #expect(entries.isEmpty)
        var ends = [try fixture.read(fixture.directory.ledgerPath).count]
        for (place, event) in Self.events.enumerated() {
            try ledger.append([event], milliseconds: Int64(1000 + place))
            ends.append(try fixture.read(fixture.directory.ledgerPath).count)
        }
        return (fixture, ends)
    }

    @Test func entriesReadBackAndGoOn() throws {
        let (fixture, _) = try filled()
        do {
            let (ledger, entries) = try fixture.openLedger()
            #expect(entries.map(\.event) == Self.events)
            #expect(entries.map(\.number) == Array(1...UInt64(Self.events.count)))
            #expect(entries.map(\.milliseconds) == (0..<Int64(Self.events.count)).map { 1000 + $0 })
            #expect(ledger.lastNumber == UInt64(Self.events.count))
            try ledger.append([Self.events[1], Self.events[0]], milliseconds: 5)
        }
        let (_, entries) = try fixture.openLedger()
        #expect(entries.map(\.event) == Self.events + [Self.events[1], Self.events[0]])
    }

    @Test func tornLastEntryIsCut() throws {
        let (fixture, ends) = try filled()
        let path = fixture.directory.ledgerPath
        let file = try fixture.read(path)
        let start = ends[ends.count - 2]
        for count in start..<file.count {
            try fixture.write(Array(file[..<count]), to: path)
            let (ledger, entries) = try fixture.openLedger()
            #expect(entries.map(\.event) == Array(Self.events.dropLast()), "\(count) bytes")
            #expect(try fixture.read(path).count == start)
            try ledger.append([Self.events[0]], milliseconds: 1)
            #expect(try fixture.openLedger().entries.count == Self.events.count)
        }
        try fixture.write(file, to: path)
        #expect(try fixture.openLedger().entries.map(\.event) == Self.events)
    }

    @Test func readingAloneLeavesATornEntryWhereItIs() throws {
        let (fixture, ends) = try filled()
        let path = fixture.directory.ledgerPath
        let file = Array(try fixture.read(path).dropLast(3))
        try fixture.write(file, to: path)
        let (_, entries) = try Ledger.open(at: path, keyring: fixture.keyring, isReadOnly: true)
        #expect(entries.count == Self.events.count - 1)
        #expect(try fixture.read(path) == file)
        _ = try fixture.openLedger()
        #expect(try fixture.read(path).count == ends[ends.count - 2])
    }

    @Test func everyFlippedBitIsRefused() throws {
        let (fixture, _) = try filled()
        let path = fixture.directory.ledgerPath
        let file = try fixture.read(path)
        for offset in file.indices {
            for bit in UInt8(0)..<8 {
                var flipped = file
                flipped[offset] ^= 1 << bit
                try fixture.write(flipped, to: path)
                do {
                    _ = try Ledger.open(at: path, keyring: fixture.keyring, isReadOnly: true)
                    Issue.record("opened with byte \(offset), bit \(bit) flipped")
                } catch {
                    #expect(error.code == .ledgerDamaged, "byte \(offset), bit \(bit)")
                    #expect(error.place.hasPrefix(path), "byte \(offset), bit \(bit)")
                }
            }
        }
        try fixture.write(file, to: path)
        #expect(try fixture.openLedger().entries.map(\.event) == Self.events)
    }

    /// A file that grew before its blocks were written reads as zeros.
    @Test func lastEntryOfZerosIsCut() throws {
        let (fixture, ends) = try filled()
        let path = fixture.directory.ledgerPath
        var file = try fixture.read(path)
        let start = ends[ends.count - 2]
        file.replaceSubrange(start..., with: [UInt8](repeating: 0, count: file.count - start))
        try fixture.write(file, to: path)
        #expect(try fixture.openLedger().entries.map(\.event) == Array(Self.events.dropLast()))
        #expect(try fixture.read(path).count == start)
    }

    @Test func entriesCantBeRemovedMovedOrRepeated() throws {
        let (fixture, ends) = try filled()
        let path = fixture.directory.ledgerPath
        let file = try fixture.read(path)
        let header = Array(file[..<ends[0]])
        let entries = (1..<ends.count).map { Array(file[ends[$0 - 1]..<ends[$0]]) }
        var missing = entries
        missing.remove(at: 2)
        var swapped = entries
        swapped.swapAt(1, 2)
        let repeated = [entries[0]] + entries
        for forged in [missing, swapped, repeated] {
            try fixture.write(header + forged.flatMap { $0 }, to: path)
            #expect(keyErrorCode { _ = try fixture.openLedger() } == .ledgerDamaged)
        }
        try fixture.write(header + entries.flatMap { $0 }, to: path)
        _ = try fixture.openLedger()
    }

    @Test func ledgerOfAnotherVaultOrKeyringIsRefused() throws {
        let (fixture, _) = try filled()
        let other = try KeyFixture()
        let code = keyErrorCode {
            _ = try Ledger.open(at: fixture.directory.ledgerPath, keyring: other.keyring)
        }
        #expect(code == .ledgerDamaged)
    }

    @Test func missingLedgerSaysWhatToDo() throws {
        let fixture = try KeyFixture()
        try FileManager.default.removeItem(atPath: fixture.directory.ledgerPath)
        do {
            _ = try fixture.openLedger()
            Issue.record("opened without a file")
        } catch let error as KeyError {
            #expect(error.code == .ledgerMissing)
            #expect(error.place == fixture.directory.ledgerPath)
            #expect(error.hint?.contains("replica") == true)
        }
    }

    @Test func ledgerThatFailedTakesNothingMore() throws {
        let fixture = try KeyFixture()
        let path = fixture.directory.ledgerPath
        do {
            // Opened for reading alone, every write fails.
            let (ledger, _) = try Ledger.open(
                at: path, keyring: fixture.keyring, isReadOnly: true)
            for _ in 0..<2 {
                let code = keyErrorCode { try ledger.append([Self.events[0]], milliseconds: 1) }
                #expect(code == .ledgerNotWritten)
            }
        }
        let (ledger, entries) = try fixture.openLedger()
        #expect(entries.isEmpty)
        try ledger.append([Self.events[0]], milliseconds: 1)
    }
}
