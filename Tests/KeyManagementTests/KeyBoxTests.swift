import Cryptography
import Storage
import Testing

@testable import KeyManagement

@Suite struct KeyBoxTests {
    private let fixture: KeyFixture
    private let segment: SegmentKey

    init() throws {
        fixture = try KeyFixture()
        segment = try SegmentKey.make(SegmentID(1), keyring: fixture.keyring).key
    }

    private func draft(_ labels: [KeyBoxDraft.Label]) throws -> KeyBoxDraft {
        KeyBoxDraft(
            kind: 1, flags: .protected, createdSeconds: -5, company: sampleRecord(4),
            labels: labels,
            values: [
                KeyBoxDraft.Value(value: try value("email", 1), field: (0, 0)),
                KeyBoxDraft.Value(value: try value("company", 2), field: nil),
            ])
    }

    private func value(_ key: String, _ number: UInt8) throws -> IndexValue {
        try fixture.keyring.searchedIndexes[0].secret.value(key: key, normalised: [number])
    }

    private func fresh(_ names: String...) -> [KeyBoxDraft.Label] {
        names.map {
            KeyBoxDraft.Label(name: $0, dek: .fresh, version: 1, fields: ["name", "reference"])
        }
    }

    private func place(_ number: UInt64 = 1, generation: UInt64 = 1) -> KeyBox.Place {
        KeyBox.Place(
            vault: fixture.vault, record: sampleRecord(number), segment: segment.id,
            generation: generation)
    }

    @Test func boxOpensToWhatWasSealed() throws {
        let box = try draft(fresh("identity", "billing/2026")).build()
        let opened = try KeyBox.open(
            box.seal(at: place(), key: segment), at: place(), key: segment)
        #expect(opened.kind == 1)
        #expect(opened.flags == .protected)
        #expect(opened.createdSeconds == -5)
        #expect(opened.company == sampleRecord(4))
        #expect(opened.labels.map(\.name) == ["identity", "billing/2026"])
        #expect(opened.labels.map(\.dekID) == box.labels.map(\.dekID))
        #expect(opened.labels[0].fields == ["name", "reference"])
        for label in opened.labels.indices {
            let same = try opened.dek(of: label).constantTimeEquals(box.dek(of: label))
            #expect(same)
        }
        #expect(opened.indexValueCount == 2)
        let first = try opened.indexValue(0)
        #expect(first?.label == 0 && first?.field == 0)
        #expect(try first?.value.equals(value("email", 1)) == true)
        #expect(try opened.indexValue(1)?.label == 255)
        #expect(try opened.contains(value("company", 2)))
        #expect(try !opened.contains(value("company", 3)))
    }

    @Test func noKeyIsSharedByCompartmentsOrRecords() throws {
        var ids: Set<UInt64> = []
        var keys: Set<[UInt8]> = []
        for _ in 0..<50 {
            let box = try draft(fresh("identity", "nationalId", "contact", "billing")).build()
            for label in box.labels.indices {
                ids.insert(box.labels[label].dekID)
                keys.insert(try box.dek(of: label).withUnsafeBytes { [UInt8]($0) })
            }
        }
        #expect(ids.count == 200)
        #expect(keys.count == 200)
    }

    @Test func keptKeysAreKeptAndFreshOnesAreNew() throws {
        let old = try draft(fresh("identity", "contact")).build()
        let next = try draft([
            KeyBoxDraft.Label(
                name: "contact", dek: .kept(label: 1), version: 2, fields: ["email"]),
            KeyBoxDraft.Label(name: "identity", dek: .fresh, version: 2, fields: ["name"]),
        ]).build(keepingFrom: old)
        #expect(next.labels[0].dekID == old.labels[1].dekID)
        let isKept = try next.dek(of: 0).constantTimeEquals(old.dek(of: 1))
        #expect(isKept)
        #expect(!old.labels.map(\.dekID).contains(next.labels[1].dekID))
        let isNew = try !next.dek(of: 1).constantTimeEquals(old.dek(of: 0))
        #expect(isNew)
    }

    @Test func everyFlippedBitOfABoxIsRefused() throws {
        let sealed = try draft(fresh("identity")).build().seal(at: place(), key: segment)
        for (offset, flipped) in bitFlips(sealed) {
            expectDamaged(flipped, at: place(), key: segment, "byte \(offset)")
        }
        expectDamaged(sealed, at: place(2), key: segment, "another record")
        expectDamaged(sealed, at: place(generation: 2), key: segment, "another generation")
        let other = try SegmentKey.make(SegmentID(1), keyring: fixture.keyring).key
        expectDamaged(sealed, at: place(), key: other, "another segment key")
        let vault = KeyBox.Place(
            vault: try sampleVault(2), record: sampleRecord(1), segment: segment.id, generation: 1)
        expectDamaged(sealed, at: vault, key: segment, "another vault")
        let moved = KeyBox.Place(
            vault: fixture.vault, record: sampleRecord(1), segment: SegmentID(2), generation: 1)
        expectDamaged(sealed, at: moved, key: segment, "another segment")
        _ = try KeyBox.open(sealed, at: place(), key: segment)
    }

    @Test func sizesFallInFewClasses() throws {
        var sizes: Set<Int> = []
        for count in 1...40 {
            let labels = [
                KeyBoxDraft.Label(
                    name: "identity", dek: .fresh, version: 1,
                    fields: (0..<count).map { "field\($0)" })
            ]
            sizes.insert(
                try draft(labels).build().seal(at: place(), key: segment).count
                    - AEAD.overheadCount)
        }
        #expect(sizes.isSubset(of: [256, 384, 512, 768]))
        #expect(sizes.count > 1)
    }

    /// Whoever reads the box would look for the field.
    @Test func anIndexValueOfNoFieldIsRefused() throws {
        let labels = [KeyBoxDraft.Label(name: "identity", dek: .fresh, version: 1, fields: [])]
        #expect(throws: KeyError.self) { _ = try draft(labels).build().labels }
    }

    private func expectDamaged(
        _ sealed: [UInt8], at place: KeyBox.Place, key: SegmentKey, _ what: String
    ) {
        do {
            _ = try KeyBox.open(sealed, at: place, key: key)
            Issue.record("opened: \(what)")
        } catch {
            #expect(error.code == .keyBoxDamaged, "\(what)")
            #expect(error.place == "key box of record \(place.record)", "\(what)")
        }
    }
}
