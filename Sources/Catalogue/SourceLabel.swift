/// Where a field's value came from.
public enum SourceLabel: Sendable, Hashable {
    /// The person or company itself.
    case subject
    /// A company's contact person.
    case companyContact
    /// An authority, by a code such as `dvv`.
    case authority(String)
    /// Someone else, by a code.
    case thirdParty(String)

    /// Reads `subject`, `company-contact`, `authority:<code>` or `third-party:<code>`; codes are 1
    /// to 32 characters of `a–z`, `0–9` and `-`.
    ///
    /// - Throws: `ValidationFailure` with rule `source`.
    public init(_ text: String) throws(ValidationFailure) {
        switch text {
        case "subject": self = .subject
        case "company-contact": self = .companyContact
        default:
            let parts = text.split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.isCode(parts[1]) else { throw ValidationFailure(.source) }
            switch parts[0] {
            case "authority": self = .authority(String(parts[1]))
            case "third-party": self = .thirdParty(String(parts[1]))
            default: throw ValidationFailure(.source)
            }
        }
    }

    private static func isCode(_ code: Substring) -> Bool {
        1...32 ~= code.utf8.count
            && code.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x30...0x39, UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

extension SourceLabel: CustomStringConvertible {
    /// The label as it is written.
    public var description: String {
        switch self {
        case .subject: "subject"
        case .companyContact: "company-contact"
        case .authority(let code): "authority:\(code)"
        case .thirdParty(let code): "third-party:\(code)"
        }
    }
}
