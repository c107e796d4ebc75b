import Storage
import StrictJSON
import Testing
import Vault

/// Random creations, updates, erasures and reopenings against a simple model.
@Suite struct ModelTests {
    private struct Model {
        var live: [RecordID: [String: String]] = [:]
        var versions: [RecordID: UInt64] = [:]
        var erased: Set<RecordID> = []
    }

    private static let compartments = [
        "name": "identity", "reference": "identity", "henkilotunnus": "nationalId",
        "address": "contact", "phone": "contact", "email": "contact", "billing": "billing",
    ]

    @Test(arguments: 0..<4)
    func vaultDoesAsTheModel(run: Int) async throws {
        var random = SeededGenerator()
        let files = try await VaultFiles.make()
        var opened = try await files.open(.forTests.with { $0.duplicates = .allow })
        var model = Model()
        for step in 0..<250 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<35: try await create(opened, &model, &random)
            case 35..<70: try await update(opened, &model, &random)
            case 70..<80: try await erase(opened, &model, &random)
            case 80..<88: try await erasePart(opened, &model, &random)
            case 88..<97: try await compareOne(opened, model, &random)
            default:
                await opened.close()
                #expect(try await files.check().findings.isEmpty, "step \(step)")
                opened = try await files.open(.forTests.with { $0.duplicates = .allow })
            }
        }
        try await compareAll(opened, model)
        await opened.close()
        let report = try await files.check()
        #expect(report.findings.isEmpty)
        #expect(report.records == model.live.count)
        #expect(report.fields == model.live.values.reduce(0) { $0 + $1.count })
    }

    /// Few different values, so that chains of the index are long.
    private func value(of field: String, _ random: inout SeededGenerator) -> String {
        let number = Int.random(in: 0..<4, using: &random)
        return switch field {
        case "name": #"{"given":"Aino","family":"Salo\#(["a", "b", "c", "d"][number])"}"#
        case "reference": #""WC-\#(number)""#
        case "henkilotunnus": #""\#(Person.henkilotunnus(number))""#
        case "address":
            #"{"street":"Katu \#(number)","postalCode":"00100","city":"Helsinki","country":"FI"}"#
        case "phone": #""\#(Person.phone(number))""#
        case "email": #""\#(Person.email(number))""#
        default: #"{"method":"invoice\#(number)","iban":"FI2112345600000785"}"#
        }
    }

    private func create(
        _ opened: OpenedVault, _ model: inout Model, _ random: inout SeededGenerator
    ) async throws {
        var fields = ["name": value(of: "name", &random)]
        for field in Self.compartments.keys.sorted() where Bool.random(using: &random) {
            fields[field] = value(of: field, &random)
        }
        let members = fields.map { "\"\($0)\":\($1)" }.joined(separator: ",")
        let id = try await opened.create(try json(#"{"kind":"person","fields":{\#(members)}}"#))
        model.live[id] = fields
        model.versions[id] = 1
    }

    private func update(
        _ opened: OpenedVault, _ model: inout Model, _ random: inout SeededGenerator
    ) async throws {
        guard let id = pick(model, &random), let old = model.live[id] else { return }
        var fields = old
        var patch: [String] = []
        for field in Self.compartments.keys.sorted()
        where Int.random(in: 0..<3, using: &random) == 0 {
            if field != "name", Bool.random(using: &random) {
                fields[field] = nil
                patch.append("\"\(field)\":null")
            } else {
                // A merge patch adds to what is there; these values have all members.
                fields[field] = value(of: field, &random)
                patch.append("\"\(field)\":\(fields[field] ?? "")")
            }
        }
        let version = try await opened.update(id, "{\(patch.joined(separator: ","))}")
        let known = model.versions[id] ?? 0
        #expect(version == known || version == known + 1)
        model.versions[id] = version
        model.live[id] = fields
    }

    private func erase(
        _ opened: OpenedVault, _ model: inout Model, _ random: inout SeededGenerator
    ) async throws {
        guard let id = pick(model, &random) else { return }
        try await opened.erase(id)
        model.live[id] = nil
        model.erased.insert(id)
    }

    private func erasePart(
        _ opened: OpenedVault, _ model: inout Model, _ random: inout SeededGenerator
    ) async throws {
        guard let id = pick(model, &random), let fields = model.live[id],
            let compartment = Set(fields.keys.compactMap { Self.compartments[$0] }).sorted()
                .randomElement(using: &random)
        else { return }
        try await opened.erase(id, compartments: [compartment])
        let rest = fields.filter { Self.compartments[$0.key] != compartment }
        model.live[id] = rest.isEmpty ? nil : rest
        if rest.isEmpty { model.erased.insert(id) }
        model.versions[id, default: 0] += 1
    }

    private func compareOne(
        _ opened: OpenedVault, _ model: Model, _ random: inout SeededGenerator
    ) async throws {
        guard let id = pick(model, &random) else { return }
        #expect(try await opened.read(id) == model.live[id])
    }

    private func compareAll(_ opened: OpenedVault, _ model: Model) async throws {
        for (id, fields) in model.live {
            let view = try await opened.view(id)
            #expect(view.texts == fields)
            #expect(view.version == model.versions[id])
        }
        for id in model.erased {
            await expectError(.erased) { _ = try await opened.read(id) }
        }
        for number in 0..<4 {
            for (field, text) in [
                ("phone", Person.phone(number)), ("email", Person.email(number)),
                ("reference", "WC-\(number)"), ("henkilotunnus", Person.henkilotunnus(number)),
            ] {
                let expected = model.live.filter { $0.value[field] == "\"\(text)\"" }.keys
                let found = try await opened.find(field, .string(text), limit: 1000)
                #expect(Set(found) == Set(expected), "\(field)")
            }
        }
    }

    private func pick(_ model: Model, _ random: inout SeededGenerator) -> RecordID? {
        model.live.keys.sorted().randomElement(using: &random)
    }
}
