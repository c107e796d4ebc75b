import Foundation
import GRDB
import Storage

@testable import Vault

/// What whoever can write the database file may do to a closed vault.
extension VaultFiles {
    func row(of id: RecordID) throws -> [UInt8] {
        try edit { database in
            let fields = try Data.fetchOne(
                database,
                sql: """
                    SELECT r.fields FROM records r JOIN key_boxes k ON k.number = r.number
                    WHERE k.id = ?
                    """, arguments: [Data(id.bytes)])
            return [UInt8](fields ?? Data())
        }
    }

    func setRow(_ row: [UInt8], of id: RecordID) throws {
        try edit { database in
            try database.execute(
                sql: """
                    UPDATE records SET fields = ?
                    WHERE number = (SELECT number FROM key_boxes WHERE id = ?)
                    """, arguments: [Data(row), Data(id.bytes)])
        }
    }

    struct Box {
        let generation: Int64
        let bytes: Data
    }

    func box(of id: RecordID) throws -> Box {
        try edit { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT generation, box FROM key_boxes WHERE id = ?",
                arguments: [Data(id.bytes)])
            guard let row else { throw TestFailure("no box") }
            return Box(generation: row[0], bytes: row[1])
        }
    }

    func setBox(_ box: Box, of id: RecordID) throws {
        try edit { database in
            try database.execute(
                sql: "UPDATE key_boxes SET generation = ?, box = ? WHERE id = ?",
                arguments: [box.generation, box.bytes, Data(id.bytes)])
        }
    }

    struct State {
        let version: Int64
        let sealed: Data
    }

    func state(_ name: String) throws -> State {
        try edit { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT version, sealed FROM sealed_states WHERE name = ?",
                arguments: [name])
            guard let row else { throw TestFailure("no state \(name)") }
            return State(version: row[0], sealed: row[1])
        }
    }

    func setState(_ name: String, _ state: State) throws {
        try edit { database in
            try database.execute(
                sql:
                    "INSERT OR REPLACE INTO sealed_states (name, version, sealed) VALUES (?, ?, ?)",
                arguments: [name, state.version, state.sealed])
        }
    }

    func execute(_ sql: String) throws {
        try edit { try $0.execute(sql: sql) }
    }

    func executeOnAccesses(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path + "/access.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

/// A row taken apart, so that its sealed values can be moved about.
struct RowParts {
    var versions: [UInt32]
    var dekIDs: [UInt64]
    var fields: [[[UInt8]]]

    init(_ row: [UInt8]) throws {
        guard let layout = RecordRow(row) else { throw TestFailure("not a row") }
        versions = layout.compartments.map(\.version)
        dekIDs = layout.compartments.map(\.dekID)
        fields = layout.compartments.map { $0.fields.map { Array(row[$0]) } }
    }

    var bytes: [UInt8] {
        var row: [UInt8] = [1, UInt8(fields.count)]
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { row.append(contentsOf: $0) }
        }
        for place in fields.indices {
            append(versions[place])
            append(dekIDs[place])
            row.append(UInt8(fields[place].count))
            for sealed in fields[place] {
                append(UInt16(sealed.count))
                row += sealed
            }
        }
        return row
    }
}

extension VaultFiles {
    func copyLedger() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: ledgerPath))
    }

    func putBackLedger(_ copy: Data) throws {
        try copy.write(to: URL(fileURLWithPath: ledgerPath))
    }
}
