/// How names in the catalogue are written.
enum CatalogueName {
    /// Fields, compartments, members: `[a-z][A-Za-z0-9]{0,31}`.
    static func isField(_ name: String) -> Bool {
        matches(name) { byte in
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39: true
            default: false
            }
        }
    }

    /// Purposes: `[a-z][a-z0-9-]{0,31}`.
    static func isPurpose(_ name: String) -> Bool {
        matches(name) { byte in
            switch byte {
            case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"): true
            default: false
            }
        }
    }

    private static func matches(_ name: String, _ follows: (UInt8) -> Bool) -> Bool {
        guard let first = name.utf8.first, 0x61...0x7A ~= first else { return false }
        return name.utf8.count <= 32 && name.utf8.dropFirst().allSatisfy(follows)
    }
}
