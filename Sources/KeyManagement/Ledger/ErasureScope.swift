/// How much of a record an erasure destroyed.
public enum ErasureScope: Sendable, Equatable {
    /// All of it.
    case whole
    /// The compartments of these names (`billing` covers `billing/2026`), with which the record took a
    /// generation: one that has an earlier generation has them still, whatever its keys are called.
    case compartments([String], generation: UInt64)

    /// Whether nothing is left.
    public var isWhole: Bool { self == .whole }

    init?(_ reader: inout ByteReader) {
        guard let generation = reader.integer(UInt64.self),
            let count = reader.integer(UInt8.self)
        else { return nil }
        var names: [String] = []
        for _ in 0..<count {
            guard let length = reader.integer(UInt8.self),
                let name = reader.bytes(Int(length)).flatMap({
                    String(validating: $0, as: UTF8.self)
                })
            else { return nil }
            names.append(name)
        }
        self = .compartments(names, generation: generation)
    }
}
