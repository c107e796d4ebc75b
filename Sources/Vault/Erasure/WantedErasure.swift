/// What somebody asks to be erased.
struct WantedErasure: Sendable {
    /// By the names of compartments; `nil`: the whole record.
    let compartments: [String]?
    /// A code.
    let reason: String

    func concerns(_ compartment: String) -> Bool { compartments?.contains(compartment) ?? true }
}
