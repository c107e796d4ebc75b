import Verification

/// What is wrong with a log, and at which number.
enum LogFault: Equatable, Sendable {
    /// An entry whose bytes are not those that its hash was taken of.
    case damaged(UInt64)
    /// An entry without bytes and hash, or with such as are none.
    case unreadable(UInt64)
    /// An entry in a format that is not known here.
    case unknownFormat(UInt64)
    /// An entry shown otherwise than its bytes say.
    case contradiction(UInt64, member: String)
    /// No entry of this number, but some behind it.
    case missing(UInt64)
    /// Another entry, or something without a number, where this one should stand.
    case misplaced(UInt64, found: Int64?)
    /// No entry behind this one, though the log's checkpoint states `size`.
    case ends(at: UInt64, size: UInt64)
    /// Fewer entries than an earlier checkpoint had.
    case shorter(size: UInt64, earlier: EarlierCheckpoint)
    /// Entries that do not make up the root of the log's checkpoint. Those up to `since` are vouched
    /// for by an earlier one.
    case otherRoot(size: UInt64, since: UInt64)
    /// Entries that do not make up the root of an earlier checkpoint.
    case otherEarlierRoot(EarlierCheckpoint, since: UInt64)

    /// The line to print.
    var message: String {
        switch self {
        case .damaged(let number):
            "the log was altered: entry \(number) has other bytes than those that were hashed"
        case .unreadable(let number):
            "the log was altered: entry \(number) has neither bytes nor a hash"
        case .unknownFormat(let number):
            "entry \(number) is in no format that is known here"
        case .contradiction(let number, let member):
            "the log was altered: entry \(number) is shown with another \(member.printable) than "
                + "its bytes hold"
        case .missing(let number):
            "the log was altered: entry \(number) is missing"
        case .misplaced(let number, let found?):
            "the log was altered: entry \(found) stands where entry \(number) should"
        case .misplaced(let number, nil):
            "the log was altered: something without a number stands where entry \(number) should"
        case .ends(let number, let size):
            "the log is shorter than the checkpoint that it states: it ends at entry \(number) "
                + "of \(size)"
        case .shorter(let size, let earlier):
            "the log is shorter than the checkpoint in \(earlier.path): it has \(size) entries, "
                + "the checkpoint \(earlier.head.size)"
        case .otherRoot(let size, let since):
            "the log was altered: its checkpoint of size \(size) has another root than entries "
                + "\(since + 1) to \(size) give"
        case .otherEarlierRoot(let earlier, let since):
            "the log was altered: an earlier checkpoint of size \(earlier.head.size) has another "
                + "root, in \(earlier.path); what differs lies in entries \(since + 1) to "
                + "\(earlier.head.size)"
        }
    }
}
