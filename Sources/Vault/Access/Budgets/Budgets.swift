import Catalogue
public import StrictJSON

/// How much a role or a grant lets a principal see and destroy in an hour.
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
    /// Operations that destroy keys: erasures, whole or of compartments, and updates that remove a value;
    /// `nil`: what the role says, or the default.
    public let erasuresPerHour: Limit?

    /// Makes budgets.
    public init(
        recordsPerHour: Limit? = nil, searchesPerHour: Limit? = nil, erasuresPerHour: Limit? = nil
    ) {
        self.recordsPerHour = recordsPerHour
        self.searchesPerHour = searchesPerHour
        self.erasuresPerHour = erasuresPerHour
    }

    init(records: Int, searches: Int, erasures: Int? = nil) {
        self.init(
            recordsPerHour: .count(records), searchesPerHour: .count(searches),
            erasuresPerHour: erasures.map { .count($0) })
    }

    /// What a data role gets that says nothing.
    static let standard = Budgets(records: 1000, searches: 1000, erasures: 100)
    /// The largest number: each distinct record is remembered for an hour.
    public static let maximumCount = 1_000_000

    var isEmpty: Bool { self == Budgets() }

    /// These where they say something, else others.
    func over(_ others: Budgets) -> Budgets {
        Budgets(
            recordsPerHour: recordsPerHour ?? others.recordsPerHour,
            searchesPerHour: searchesPerHour ?? others.searchesPerHour,
            erasuresPerHour: erasuresPerHour ?? others.erasuresPerHour)
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
    private static let members = ["recordsPerHour", "searchesPerHour", "erasuresPerHour"]

    /// The budgets as the interface shows them: `recordsPerHour`, `searchesPerHour`, `erasuresPerHour`.
    public var json: JSONValue {
        let limits = [recordsPerHour, searchesPerHour, erasuresPerHour]
        return .object(
            zip(Self.members, limits).compactMap { name, limit in
                limit.map { JSONMember(name, $0.json) }
            })
    }

    /// Reads budgets from a request or a sealed document.
    ///
    /// - Throws: ``VaultError/Code/invalidValue`` for anything but `recordsPerHour`, `searchesPerHour` and
    ///   `erasuresPerHour`, each a whole number from 0 to a million or `unlimited`.
    init(_ json: JSONValue?, at pointer: String) throws(VaultError) {
        guard let json else {
            self.init()
            return
        }
        guard let members = json.members else {
            throw VaultError(.invalidValue, pointer: pointer, .type)
        }
        guard members.allSatisfy({ Self.members.contains($0.name) }) else {
            throw VaultError(.invalidValue, pointer: pointer, .unknownMember)
        }
        var limits: [Limit?] = []
        for name in Self.members {
            guard let member = json[name] else {
                limits.append(nil)
                continue
            }
            guard let limit = Limit(member) else {
                throw VaultError(.invalidValue, pointer: pointer + "/" + name, .format)
            }
            limits.append(limit)
        }
        self.init(
            recordsPerHour: limits[0], searchesPerHour: limits[1], erasuresPerHour: limits[2])
    }
}
