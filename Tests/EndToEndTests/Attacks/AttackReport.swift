import StrictJSON

/// What Tests/Independent/attack.py brought back.
struct AttackReport {
    let json: JSONValue

    /// Whether anything of a record was opened.
    func hasOpened(_ person: CopiedPerson) -> Bool { json["records"]?[person.id] != nil }

    /// The values of a field in all copies, as JSON.
    func values(_ person: CopiedPerson, _ field: String) -> [String] {
        json["records"]?[person.id]?[field]?.items?.compactMap(\.text) ?? []
    }

    /// Whether it has the values with which a record was made.
    func hasValues(_ person: CopiedPerson) -> Bool {
        values(person, "henkilotunnus") == ["\"\(person.henkilotunnus)\""]
            && values(person, "email").contains("\"\(person.email)\"")
    }

    /// By feature: where the right one stood among the candidates, 0 the first and 1 the last, of
    /// each person.
    var ranks: [String: [Double]] {
        let members = json["guessing"]?["ranks"]?.members ?? []
        return Dictionary(
            uniqueKeysWithValues: members.map { feature in
                let ranks = feature.value.items ?? []
                return (feature.name, ranks.map { Double($0.encodedText) ?? .nan })
            })
    }

    /// The records of which an index value, a tag or the henkilötunnus lay anywhere.
    var traces: [String] { json["guessing"]?["traces"]?.items?.compactMap(\.text) ?? [] }

    /// The records that an idempotency row named.
    var replayed: [String] { json["replayed"]?.items?.compactMap(\.text) ?? [] }

    /// How much was looked at.
    var summary: String {
        [
            "copies", "pages", "wraps", "boxes", "rows", "tags", "replays", "tries", "boxesOpened",
            "backupItems",
        ]
        .map { "\($0) \(json[$0]?.integer ?? -1)" }.joined(separator: ", ")
    }
}

extension JSONValue {
    fileprivate var encodedText: String { String(decoding: encoded(), as: UTF8.self) }
}
