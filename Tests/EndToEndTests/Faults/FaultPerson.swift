/// A record as the client that made it knows it: what was acknowledged, or, while a request was cut
/// off, either of two.
struct FaultPerson {
    /// What a read may answer.
    enum Content: Equatable {
        case erased
        /// A field that is not there is nil.
        case live(email: String?, phone: String?, iban: String?)
    }

    let reference: String
    /// Nil until the client was told.
    var id: String?
    /// One where the last request was answered; two where it was not.
    var possible: [Content]
}
