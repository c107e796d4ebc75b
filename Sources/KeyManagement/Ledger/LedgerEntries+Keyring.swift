extension [LedgerEntry] {
    /// The newest generation of the keyring that the ledger names.
    public var lastKeyringGeneration: UInt64? {
        compactMap { entry in
            switch entry.event {
            case .rotationBegun(_, let generation, _, _), .rotationFinal(_, let generation, _),
                .keyringChanged(let generation):
                generation
            default: nil
            }
        }.max()
    }
}
