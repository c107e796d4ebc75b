import Foundation
import Testing

@testable import KeyManagement

@Suite struct LedgerReplicaTests {
    private static let events: [LedgerEvent] = (1...4).map {
        .erasure(record: sampleRecord($0), scope: .whole, dekIDs: [$0])
    }

    private let fixture: KeyFixture
    private let first: String
    private let second: String

    init() throws {
        fixture = try KeyFixture()
        first = fixture.path + "/first"
        second = fixture.path + "/second"
        try make(first)
        try make(second)
    }

    @Test func eachEntryIsInEveryReplicaAtOnce() throws {
        let (ledger, _) = try fixture.openLedger()
        try ledger.append([Self.events[0]], milliseconds: 1)
        try ledger.replicate(to: [first, second])
        #expect(try replica(first) == own && replica(second) == own)
        for event in Self.events.dropFirst() {
            try ledger.append([event, .policyAborted(version: 1)], milliseconds: 2)
            #expect(try replica(first) == own && replica(second) == own)
        }
        #expect(ledger.replicas.allSatisfy { $0.standing == .current && $0.lastNumber == 7 })
        #expect(ledger.replicasOutOfReach == [])
        #expect(ledger.replicas.map(\.isElsewhere) == [false, false])
        #expect(try ledger.entries().count == 7)
    }

    /// Whatever a crash left of the last entry, the replica becomes what the ledger is.
    @Test func aTornReplicaIsCompleted() throws {
        let start = try fill()
        let whole = try own
        for count in 0..<whole.count {
            for zeros in [0, whole.count - count] where count == start || zeros == 0 {
                try fixture.write(
                    Array(whole[..<count]) + [UInt8](repeating: 0, count: zeros),
                    to: first + "/ledger")
                let (ledger, _) = try fixture.openLedger()
                try ledger.replicate(to: [first])
                #expect(ledger.replicasOutOfReach == [], "\(count) bytes, \(zeros) zeros")
                #expect(try replica(first) == whole, "\(count) bytes, \(zeros) zeros")
            }
        }
    }

    /// A crash between ledger and replica leaves the replica behind.
    @Test func aReplicaThatIsBehindGetsWhatItLacks() throws {
        try fill()
        try fixture.write(try own, to: first + "/ledger")
        try fixture.openLedger().ledger.append(Self.events, milliseconds: 3)
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [first])
        #expect(try replica(first) == own)
        try ledger.append(Self.events, milliseconds: 4)
        #expect(try replica(first) == own)
    }

    @Test func aLedgerShorterThanItsReplicaIsRefused() throws {
        try fill()
        let old = try own
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [second, first])
        try ledger.append(Self.events, milliseconds: 3)
        let new = try own
        try fixture.write(old, to: fixture.directory.ledgerPath)
        try FileManager.default.removeItem(atPath: second + "/ledger")
        let (shorter, _) = try fixture.openLedger()
        do {
            try shorter.replicate(to: [second, first])
            Issue.record("went on")
        } catch {
            #expect(error.code == .ledgerOlder && error.place == fixture.directory.ledgerPath)
            #expect(error.hint?.contains("cp \(first)/ledger") == true)
            #expect(error.hint?.contains("4 entries more") == true)
        }
        #expect(try own == old && replica(first) == new)
        #expect(!FileManager.default.fileExists(atPath: second + "/ledger"))
        // As the hint says.
        try fixture.write(new, to: fixture.directory.ledgerPath)
        let (taken, entries) = try fixture.openLedger()
        try taken.replicate(to: [second, first])
        #expect(entries.count == 8)
        #expect(try replica(second) == new)
    }

    @Test func aLedgerThatWentOnFromAnOlderCopyIsRefused() throws {
        try fill()
        let old = try own
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [first])
        try ledger.append(Self.events, milliseconds: 3)
        let held = try replica(first)
        try fixture.write(old, to: fixture.directory.ledgerPath)
        for more in 1...6 {
            let (other, _) = try fixture.openLedger()
            try other.append([Self.events[0]], milliseconds: 5)
            let code = keyErrorCode { try other.replicate(to: [first]) }
            #expect(code == .ledgerConflicts, "\(more) entries")
            #expect(try replica(first) == held)
        }
    }

    /// Told apart while it serves, too: named, and never written.
    @Test func aReplicaThatComesBackWithOtherEntriesIsNamed() throws {
        try fill()
        let old = try own
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [first])
        try ledger.append(Self.events, milliseconds: 3)
        try fixture.write(old, to: fixture.directory.ledgerPath)
        try move(first, to: first + "-away")
        let (other, _) = try fixture.openLedger()
        try other.replicate(to: [first])
        #expect(other.replicas.map(\.standing) == [.outOfReach])
        try move(first + "-away", to: first)
        let held = try replica(first)
        other.catchUp()
        #expect(other.replicas.map(\.standing) == [.conflicting])
        try other.append([Self.events[3]], milliseconds: 4)
        other.catchUp()
        #expect(other.replicas.map(\.standing) == [.conflicting])
        #expect(other.replicasOutOfReach == [first])
        #expect(try replica(first) == held)
    }

    @Test func aDamagedReplicaIsNamedAndLeftAsItIs() throws {
        try fill()
        let whole = try own
        for offset in stride(from: 0, to: whole.count, by: 7) {
            var flipped = whole
            flipped[offset] ^= 1
            try fixture.write(flipped, to: first + "/ledger")
            let (ledger, _) = try fixture.openLedger()
            try ledger.replicate(to: [first])
            #expect(ledger.replicas.map(\.standing) == [.damaged], "byte \(offset)")
            #expect(try replica(first) == flipped, "byte \(offset)")
        }
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [first])
        try FileManager.default.removeItem(atPath: first + "/ledger")
        ledger.catchUp()
        #expect(ledger.replicasOutOfReach == [])
        #expect(try replica(first) == whole)
    }

    @Test func aReplicaOutOfReachIsNamedAndCaughtUp() throws {
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [first, second])
        try ledger.append([Self.events[0]], milliseconds: 1)
        try move(first, to: first + "-away")
        #expect(ledger.replicasOutOfReach == [])
        #expect(ledger.probeReplicas() == [first])
        try ledger.append([Self.events[1]], milliseconds: 1)
        try move(second, to: second + "-away")
        try ledger.append([Self.events[2]], milliseconds: 1)
        #expect(ledger.replicasOutOfReach == [first, second])
        #expect(ledger.replicas.map(\.lastNumber) == [1, 2])
        ledger.catchUp()
        #expect(ledger.replicasOutOfReach == [first, second])
        for path in [first, second] { try move(path + "-away", to: path) }
        #expect(ledger.probeReplicas() == [first, second])
        ledger.catchUp()
        #expect(ledger.replicasOutOfReach == [])
        try ledger.append([Self.events[3]], milliseconds: 1)
        #expect(try replica(first) == own && replica(second) == own)
    }

    /// What is there in a replica's place is not appended to, if it isn't what was left there.
    @Test func anotherFileInAReplicasPlaceIsNotWritten() throws {
        try fill()
        let old = try own
        let (ledger, _) = try fixture.openLedger()
        try ledger.replicate(to: [first])
        try ledger.append([Self.events[0]], milliseconds: 1)
        try fixture.write(old, to: first + "/ledger")
        try ledger.append([Self.events[1]], milliseconds: 1)
        #expect(ledger.replicasOutOfReach == [first])
        #expect(try replica(first) == old)
        ledger.catchUp()
        #expect(try replica(first) == own)
        try FileManager.default.removeItem(atPath: first + "/ledger")
        try FileManager.default.createSymbolicLink(
            atPath: first + "/ledger", withDestinationPath: fixture.path + "/elsewhere")
        try fixture.write(try own, to: fixture.path + "/elsewhere")
        try ledger.append([Self.events[2]], milliseconds: 1)
        ledger.catchUp()
        #expect(ledger.replicasOutOfReach == [first])
        #expect(try fixture.read(fixture.path + "/elsewhere").count < own.count)
    }

    /// Keyring and ledger of the middle of a deep rotation, or of before it, put back beside a replica of after it.
    @Test(arguments: [true, false])
    func aReplicaUnderNewKeysThatKnowsMoreIsNoDamagedOne(knowsNewKey: Bool) throws {
        try fill()
        let old = try own
        let middle = try fixture.keyring.beginningDeepRotation(cutoff: 0, nowSeconds: 1)
        let (ledger, _) = try Ledger.open(at: fixture.directory.ledgerPath, keyring: middle)
        try ledger.replicate(to: [first])
        #expect(try ledger.rekey(by: middle) == [])
        #expect(try own != old && replica(first) == own)
        let same = try own
        try ledger.append([Self.events[0]], milliseconds: 9)
        let new = try replica(first)
        func open() throws -> Ledger {
            try fixture.write(old, to: fixture.directory.ledgerPath)
            return try Ledger.open(
                at: fixture.directory.ledgerPath, keyring: knowsNewKey ? middle : fixture.keyring
            ).ledger
        }
        let reverted = try open()
        #expect(keyErrorCode { try reverted.replicate(to: [first]) } == .ledgerOlder)
        #expect(try replica(first) == new)
        // One that says no more than the ledger is brought in line, or is damaged.
        try fixture.write(same, to: first + "/ledger")
        let again = try open()
        try again.replicate(to: [first])
        #expect(again.replicas.map(\.standing) == [knowsNewKey ? .current : .damaged])
        #expect(try replica(first) == (knowsNewKey ? old : same))
    }

    /// What makes the new file fail changes nothing, and the ledger goes on.
    @Test func aLedgerThatCantBeWrittenAnewGoesOn() throws {
        try fill()
        let middle = try fixture.keyring.beginningDeepRotation(cutoff: 0, nowSeconds: 1)
        let (ledger, _) = try Ledger.open(at: fixture.directory.ledgerPath, keyring: middle)
        let before = try own
        let inTheWay = fixture.directory.ledgerPath + ".new"
        try make(inTheWay)
        #expect(keyErrorCode { _ = try ledger.rekey(by: middle) } == .notWritable)
        #expect(try own == before)
        try ledger.append([Self.events[0]], milliseconds: 9)
        try FileManager.default.removeItem(atPath: inTheWay)
        #expect(try ledger.rekey(by: middle) == [])
        #expect(try ledger.entries().count == 5)
        #expect(ledger.isUnderNewestKey(of: middle))
    }

    @Test func theLedgerIsNoReplicaOfItself() throws {
        let (ledger, _) = try fixture.openLedger()
        let code = keyErrorCode { try ledger.replicate(to: [first, fixture.directory.path]) }
        #expect(code == .ledgerReplicaIsLedger)
    }

    @Test func aWholeFileOfTheSameEntriesIsTheSame() throws {
        try fill()
        let entries = try fixture.openLedger().entries
        #expect(
            try LedgerContent.file(
                of: entries, LedgerMAC(fixture.keyring.newest, vault: fixture.keyring.vault)) == own
        )
    }

    private var own: [UInt8] { get throws { try fixture.read(fixture.directory.ledgerPath) } }

    private func replica(_ directory: String) throws -> [UInt8] {
        try fixture.read(directory + "/ledger")
    }

    /// Four entries; gives where the last begins.
    @discardableResult
    private func fill() throws -> Int {
        let (ledger, _) = try fixture.openLedger()
        var start = 0
        for event in Self.events {
            start = try own.count
            try ledger.append([event], milliseconds: 1)
        }
        return start
    }

    private func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    private func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path, toPath: other)
    }
}
