import Storage
import Testing
import Vault

/// Sealed values opened anywhere but in their own place.
@Suite struct SwapTests {
    @Test func rowsOfTwoRecordsCantBeSwapped() async throws {
        let (files, first, second) = try await twoRecords()
        let rows = try (files.row(of: first), files.row(of: second))
        try files.setRow(rows.1, of: first)
        try files.setRow(rows.0, of: second)
        try await expectAllWithheld(files, [first, second])
        try files.setRow(rows.0, of: first)
        try files.setRow(rows.1, of: second)
        try await expectAllShown(files, [first, second])
    }

    @Test func boxesOfTwoRecordsCantBeSwapped() async throws {
        let (files, first, second) = try await twoRecords()
        let boxes = try (files.box(of: first), files.box(of: second))
        try files.setBox(boxes.1, of: first)
        try files.setBox(boxes.0, of: second)
        let opened = try await files.open()
        for id in [first, second] {
            let error = await expectError(.damaged) { _ = try await opened.read(id) }
            #expect(error?.detail?.contains("key box of record \(id)") == true)
        }
        await opened.close()
        try files.setBox(boxes.0, of: first)
        try files.setBox(boxes.1, of: second)
        try await expectAllShown(files, [first, second])
    }

    @Test func boxAndRowOfAnotherRecordOpenNothing() async throws {
        let (files, first, second) = try await twoRecords()
        try files.setBox(files.box(of: second), of: first)
        try files.setRow(files.row(of: second), of: first)
        let opened = try await files.open()
        await expectError(.damaged) { _ = try await opened.read(first) }
        await opened.close()
    }

    @Test func fieldsOfOneRecordCantBeSwapped() async throws {
        let (files, id, _) = try await twoRecords()
        let row = try RowParts(files.row(of: id))
        // Compartments: identity (name, reference), nationalId, contact (address, phone, email), billing.
        let places = [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1), (2, 2), (3, 0)]
        for (index, place) in places.enumerated() {
            for other in places[(index + 1)...] {
                var swapped = row
                swapped.fields[place.0][place.1] = row.fields[other.0][other.1]
                swapped.fields[other.0][other.1] = row.fields[place.0][place.1]
                try files.setRow(swapped.bytes, of: id)
                let opened = try await files.open()
                let view = try await opened.view(id)
                await opened.close()
                #expect(view.withheld.count == 2, "\(place) and \(other)")
                #expect(view.reasons.values.allSatisfy { $0 == "damaged" })
            }
        }
        try files.setRow(row.bytes, of: id)
        try await expectAllShown(files, [id])
    }

    @Test func fieldsOfTwoRecordsCantBeSwapped() async throws {
        let (files, first, second) = try await twoRecords()
        var row = try RowParts(files.row(of: first))
        row.fields[1][0] = try RowParts(files.row(of: second)).fields[1][0]
        try files.setRow(row.bytes, of: first)
        let opened = try await files.open()
        let view = try await opened.view(first)
        #expect(view.reasons == ["henkilotunnus": "damaged"])
        #expect(view.texts.count == 6)
        await opened.close()
    }

    private func twoRecords() async throws -> (VaultFiles, RecordID, RecordID) {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let first = try await opened.create(Person.body(1))
        let second = try await opened.create(Person.body(2))
        await opened.close()
        return (files, first, second)
    }

    private func expectAllWithheld(_ files: VaultFiles, _ ids: [RecordID]) async throws {
        let opened = try await files.open()
        for id in ids {
            let view = try await opened.view(id)
            #expect(view.texts.isEmpty)
            #expect(view.withheld.count == 7)
            #expect(view.reasons.values.allSatisfy { $0 == "damaged" })
        }
        await opened.close()
    }

    private func expectAllShown(_ files: VaultFiles, _ ids: [RecordID]) async throws {
        let opened = try await files.open()
        for id in ids { #expect(try await opened.read(id).count == 7) }
        await opened.close()
    }
}
