import StrictJSON
import Testing

/// A client with people of its own, who does one thing after the other until it is cut off. Used
/// from one thread at a time.
final class FaultClient: @unchecked Sendable {
    private let vault: TestVault
    private let operations: [FaultOperation]
    private let name: String
    private var random: SeededGenerator
    private var connection: HTTPConnection?
    private(set) var people: [FaultPerson] = []
    /// How many requests were answered.
    private(set) var acknowledged = 0
    /// Answers that are no success.
    private(set) var refusals: [String] = []
    /// How often each operation was acknowledged.
    private(set) var counts: [String: Int] = [:]

    init(_ vault: TestVault, _ operations: [FaultOperation], name: String, seed: UInt64) {
        self.vault = vault
        self.operations = operations
        self.name = name
        random = SeededGenerator(seed)
    }

    /// Does operations until the connection ends, at most so many.
    func run(atMost count: Int, doing some: [FaultOperation]? = nil) {
        do {
            connection = try vault.connect()
            for _ in 0..<count {
                let operation = draw(from: some ?? operations)
                try operation.perform(self)
                counts[operation.name, default: 0] += 1
            }
        } catch {}
        connection = nil
    }

    private func draw(from operations: [FaultOperation]) -> FaultOperation {
        var place = Int.random(in: 0..<operations.reduce(0) { $0 + $1.weight }, using: &random)
        for operation in operations {
            place -= operation.weight
            if place < 0 { return operation }
        }
        return operations[0]
    }

    func freshEmail() -> String { "e\(UInt32.random(in: 0 ... .max, using: &random))@example.fi" }

    func create() throws {
        let number = people.count
        let reference = "\(name)-\(number)"
        let email = freshEmail()
        let phone = "+35840\(1_000_000 + number)"
        let iban = Identifiers.iban(String(1_000_000_000_000 + number))
        people.append(
            FaultPerson(
                reference: reference, possible: [.live(email: email, phone: phone, iban: iban)]))
        let answer = try ask(
            "POST", "/v1/records", "order",
            """
            {"kind":"person","reference":"\(reference)","fields":{
             "name":{"given":"Aino","family":"Korhonen"},"email":"\(email)","phone":"\(phone)",
             "billing":{"iban":"\(iban)"}}}
            """)
        if let id = answer.json["id"]?.text {
            people[number].id = id
        } else {
            people.removeLast()
        }
    }

    func patch(
        _ fields: String, _ change: (FaultPerson.Content) -> FaultPerson.Content
    ) throws {
        try request("PATCH", "", "order", #"{"fields":\#(fields)}"#, change)
    }

    func erase(
        compartments: String?, _ change: (FaultPerson.Content) -> FaultPerson.Content
    ) throws {
        let some = compartments.map { #","compartments":\#($0)"# } ?? ""
        try request(
            "POST", "/erasure", "data-subject-rights",
            #"{"reason":"erasure-request"\#(some)}"#, change)
    }

    /// Changes one of the people whom it would change; nobody, where there is none.
    private func request(
        _ method: String, _ path: String, _ purpose: String, _ json: String,
        _ change: (FaultPerson.Content) -> FaultPerson.Content
    ) throws {
        let some = people.indices.filter {
            people[$0].id != nil && change(people[$0].possible[0]) != people[$0].possible[0]
        }
        guard let index = some.randomElement(using: &random), let id = people[index].id else {
            return
        }
        let before = people[index].possible[0]
        people[index].possible = [before, change(before)]
        let answer = try ask(method, "/v1/records/\(id)\(path)", purpose, json)
        let isDone = answer.status == 200
        people[index].possible = [isDone ? change(before) : before]
    }

    private func ask(
        _ method: String, _ path: String, _ purpose: String, _ json: String
    ) throws -> Answer {
        let connection = try #require(connection)
        let body = Array(json.utf8)
        try connection.send(
            HTTPConnection.head(method, path, purpose, bodyCount: body.count) + body)
        let answer = try connection.answer()
        // Unknown to us as an answer that never came.
        if answer.status == 503 { throw HTTPConnection.Failure.ended }
        acknowledged += 1
        if answer.status >= 400 { refusals.append("\(method) \(answer.text)") }
        return answer
    }

    /// The ids of those who were erased whole.
    var erased: [String] {
        people.filter { $0.possible == [.erased] }.compactMap(\.id)
    }

    /// Holds what the vault answers now against what was acknowledged, and settles what was not.
    ///
    /// - Returns: what is wrong.
    func findFaults() throws -> [String] {
        let found = try find()
        for index in people.indices where people[index].id == nil {
            people[index].id = found[index].first
        }
        let contents = try read()
        var faults: [String] = []
        for (index, person) in people.enumerated() {
            // A create that was cut off, and did not come to be.
            guard person.id != nil else { continue }
            let content = contents[index]
            if let content, person.possible.contains(content) {
                people[index].possible = [content]
            } else {
                let now = content.map { "\($0)" } ?? "nothing"
                faults.append(
                    "\(person.reference): \(person.possible) was acknowledged, there is \(now)")
            }
            if found[index] != (content == .erased ? [] : [person.id]) {
                faults.append("\(person.reference): a search finds \(found[index].count)")
            }
        }
        people.removeAll { $0.id == nil }
        return faults
    }

    private static let peoplePerRequest = 100

    /// The ids that a search for each one's reference finds.
    private func find() throws -> [[String]] {
        try byParts { (part) -> [[String]] in
            let queries = part.map { #"{"field":"reference","value":"\#($0.reference)"}"# }
            let answer = try vault.connect().ask(
                "POST", "/v1/search", purpose: "data-subject-rights",
                json: #"{"queries":[\#(queries.joined(separator: ","))]}"#)
            return (answer.json["results"]?.items ?? []).map { result in
                (result["matches"]?.items ?? []).compactMap { $0["id"]?.text }
            }
        }
    }

    /// What is there of each one.
    private func read() throws -> [FaultPerson.Content?] {
        try byParts { (part) -> [FaultPerson.Content?] in
            // An id that nobody has where a create was cut off and did not come to be.
            let ids = part.map { "\"\($0.id ?? "00000000-0000-7000-8000-000000000000")\"" }
            let answer = try vault.connect().ask(
                "POST", "/v1/batch/read", purpose: "data-subject-rights",
                json: #"{"ids":[\#(ids.joined(separator: ","))]}"#)
            return (answer.json["results"]?.items ?? []).map(Self.content)
        }
    }

    private func byParts<Found>(_ ask: (ArraySlice<FaultPerson>) throws -> [Found]) throws
        -> [Found]
    {
        var all: [Found] = []
        for start in stride(from: 0, to: people.count, by: Self.peoplePerRequest) {
            let part = people[start..<min(start + Self.peoplePerRequest, people.count)]
            let found = try ask(part)
            try #require(found.count == part.count)
            all += found
        }
        return all
    }

    private static func content(_ result: JSONValue) -> FaultPerson.Content? {
        if result["status"]?.integer == 410 { return .erased }
        guard result["status"]?.integer == 200, let fields = result["body"]?["fields"] else {
            return nil
        }
        return .live(
            email: fields["email"]?.text, phone: fields["phone"]?.text,
            iban: fields["billing"]?["iban"]?.text)
    }
}
