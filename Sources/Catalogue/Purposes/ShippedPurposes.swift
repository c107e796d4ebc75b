extension Purpose {
    /// The purposes that every vault knows.
    static let shipped = [
        Purpose("customer-service", .contract),
        Purpose("order", .contract),
        Purpose("work-orders", .contract),
        Purpose("billing", .contract, .legalObligation),
        Purpose("payment-follow-up", .legitimateInterest),
        Purpose(
            "marketing",
            [
                .person: [.consent], .company: [.legitimateInterest],
                .contact: [.legitimateInterest],
            ]),
        Purpose("statutory", .legalObligation),
        Purpose("legitimate-interest", .legitimateInterest),
        Purpose("data-subject-rights", .legalObligation, isForRightsOnly: true),
    ]
}
