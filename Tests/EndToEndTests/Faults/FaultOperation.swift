/// Something that clients do while the vault is cut off, with how often they do it.
struct FaultOperation: Sendable {
    let name: String
    let weight: Int
    /// Throws where the connection ended before the answer came.
    let perform: @Sendable (FaultClient) throws -> Void

    static let create = FaultOperation(name: "create", weight: 6) { try $0.create() }

    static let changeEmail = FaultOperation(name: "change e-mail", weight: 3) { client in
        let email = client.freshEmail()
        try client.patch(#"{"email":"\#(email)"}"#) { content in
            guard case .live(_, let phone, let iban) = content else { return content }
            return .live(email: email, phone: phone, iban: iban)
        }
    }

    static let removePhone = FaultOperation(name: "remove phone", weight: 1) { client in
        try client.patch(#"{"phone":null}"#) { content in
            guard case .live(let email, _, let iban) = content else { return content }
            return .live(email: email, phone: nil, iban: iban)
        }
    }

    static let eraseContact = FaultOperation(name: "erase contact", weight: 1) { client in
        try client.erase(compartments: #"["contact"]"#) { content in
            guard case .live(_, _, let iban) = content else { return content }
            return .live(email: nil, phone: nil, iban: iban)
        }
    }

    static let erase = FaultOperation(name: "erase", weight: 3) { client in
        try client.erase(compartments: nil) { _ in .erased }
    }

    /// What applications do.
    static let ofApplications = [create, changeEmail, removePhone, eraseContact, erase]
}
