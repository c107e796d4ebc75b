import Catalogue
public import StrictJSON

/// How much a role or a grant lets a principal see in an hour.
public struct Budgets: Sendable, Equatable {
    /// A bound in an hour.
    public enum Limit: Sendable, Comparable {
        case count(Int)
        case unlimited
    }

    /// Distinct records; `nil`: what the role says, or the default.
    public let recordsPerHour: Limit?
    /// Searches, and what tells as much; `nil`: what the role says, or the default.
    public let searchesPerHour: Limit?

    /// Makes budgets.
    public init(recordsPerHour: Limit? = nil, searchesPerHour: Limit? = nil) {
        self.recordsPerHour = recordsPerHour
        self.searchesPerHour = searchesPerHour
    }

    init(records: Int, searches: Int) {
        self.init(recordsPerHour: .count(records), searchesPerHour: .count(searches))
    }

    /// What a data role gets that says nothing.
    static let standard = Budgets(records: 1000, searches: 1000)
    /// The largest number: each distinct record is remembered for an hour.
    public static let maximumCount = 1_000_000

    var isEmpty: Bool { self == Budgets() }

    /// These where they say something, else others.
    func over(_ others: Budgets) -> Budgets {
        Budgets(
            recordsPerHour: recordsPerHour ?? others.recordsPerHour,
            searchesPerHour: searchesPerHour ?? others.searchesPerHour)
    }
}

extension Budgets.Limit {
    /// Reads a whole number from 0 to a million, or `unlimited`; `nil` for anything else.
    public init?(text: String) {
        if text == "unlimited" {
            self = .unlimited
        } else if let count = Int(text), 0...Budgets.maximumCount ~= count {
            self = .count(count)
        } else {
            return nil
        }
    }

    fileprivate init?(_ json: JSONValue) {
        switch json {
        case .string("unlimited"): self = .unlimited
        default:
            guard let count = json.integer, 0...Int64(Budgets.maximumCount) ~= count else {
                return nil
            }
            self = .count(Int(count))
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .count(let count): .number(String(count))
        case .unlimited: .string("unlimited")
        }
    }
}

extension Budgets {
    /// The budgets as the interface shows them: `recordsPerHour`, `searchesPerHour`.
    public var json: JSONValue {
        let parts = [
            ("recordsPerHour", recordsPerHour), ("searchesPerHour", searchesPerHour),
        ]
        return .object(
            parts.compactMap { name, limit in limit.map { JSONMember(name, $0.json) } })
    }

    /// Reads budgets from a request or a sealed document.
    ///
    /// - Throws: ``VaultError/Code/invalidValue`` for anything but `recordsPerHour` and
    ///   `searchesPerHour`, each a whole number from 0 to a million or `unlimited`.
    init(_ json: JSONValue?, at pointer: String) throws(VaultError) {
        guard let json else {
            self.init()
            return
        }
        guard let members = json.members else {
            throw VaultError(.invalidValue, pointer: pointer, .type)
        }
        let names = ["recordsPerHour", "searchesPerHour"]
        guard members.allSatisfy({ names.contains($0.name) }) else {
            throw VaultError(.invalidValue, pointer: pointer, .unknownMember)
        }
        var limits: [Limit?] = []
        for name in names {
            guard let member = json[name] else {
                limits.append(nil)
                continue
            }
            guard let limit = Limit(member) else {
                throw VaultError(.invalidValue, pointer: pointer + "/" + name, .format)
            }
            limits.append(limit)
        }
        self.init(recordsPerHour: limits[0], searchesPerHour: limits[1])
    }
}
