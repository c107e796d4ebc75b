extension Compartment {
    /// The compartments that every vault has.
    static let shipped = [
        Compartment(name: "identity", description: "Name, reference and business identity code"),
        Compartment(name: "nationalId", description: "Personal identity code (henkilötunnus)"),
        Compartment(name: "contact", description: "Address, phone number and e-mail address"),
        Compartment(name: "billing", description: "Payment and billing data"),
    ]
}

extension FieldDefinition {
    /// The fields that every vault has.
    static let shipped = [
        FieldDefinition("name", .name, in: "identity", isSearchable: true, mask: .initials),
        FieldDefinition(
            "reference", .reference, in: "identity", isSearchable: true, isUnique: true,
            mask: .plain, maximumLength: 64),
        FieldDefinition(
            "ytunnus", .ytunnus, in: "identity", isSearchable: true, isUnique: true, mask: .plain,
            kinds: [.company]),
        FieldDefinition(
            "henkilotunnus", .henkilotunnus, in: "nationalId", isSearchable: true, isUnique: true,
            mask: .henkilotunnus, kinds: [.person]),
        FieldDefinition(
            "address", .address, in: "contact", mask: .cityAndCountry, kinds: [.person, .company]),
        FieldDefinition(
            "phone", .phone, in: "contact", isSearchable: true, mask: .lastTwoDigits),
        FieldDefinition(
            "email", .email, in: "contact", isSearchable: true, mask: .firstLetterAndDomain),
        FieldDefinition(
            "billing", .billing, in: "billing", isSearchable: true, mask: .lastFour,
            kinds: [.person, .company]),
    ]
}
