import StrictJSON
import Testing

@Suite struct JSONFuzzTests {
    @Test func randomBytesNeverCrash() {
        var random = SeededGenerator()
        let alphabet = Array("{}[]\":,\\u0123456789abcdefntrl.-+eE \t\n\u{0}\u{7F}äé😀".utf8)
        var accepted = 0
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...24, using: &random)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? alphabet.randomElement(using: &random)!
                    : UInt8.random(in: 0...255, using: &random)
            }
            if let value = try? JSONParser.parse(bytes) {
                accepted += 1
                #expect((try? JSONParser.parse(value.encoded())) == value)
            }
        }
        #expect(accepted > 0, "the generator should hit on JSON now and then")
    }

    @Test func damagedTextsNeverCrash() throws {
        var random = SeededGenerator()
        for _ in 0..<5_000 {
            var bytes = Self.value(depth: 4, using: &random).encoded()
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.removeSubrange(place...)
            }
            if let value = try? JSONParser.parse(bytes) {
                #expect(try JSONParser.parse(value.encoded()) == value)
            }
        }
    }

    @Test func everyValueComesBack() throws {
        var random = SeededGenerator()
        for _ in 0..<5_000 {
            let value = Self.value(depth: 5, using: &random)
            let bytes = value.encoded()
            #expect(try JSONParser.parse(bytes) == value)
            #expect(try JSONParser.parse(bytes).encoded() == bytes)
        }
    }

    @Test func canonicalBytesIgnoreTheOrderOfMembers() throws {
        var random = SeededGenerator()
        for _ in 0..<2_000 {
            let value = Self.value(depth: 4, using: &random)
            let canonical = try value.canonicalBytes()
            #expect(try Self.shuffled(value, using: &random).canonicalBytes() == canonical)
            #expect(try JSONParser.parse(canonical).canonicalBytes() == canonical)
        }
    }

    private static func value(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .number(String(Int.random(in: -(1 << 53) + 1..<1 << 53, using: &random)))
        case 3: return .string(text(using: &random))
        case 4:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    value(depth: depth - 1, using: &random)
                })
        default:
            var names: Set<String> = []
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                names.insert(text(using: &random))
            }
            return .object(
                names.sorted().map { JSONMember($0, value(depth: depth - 1, using: &random)) })
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let limit: UInt32 = [0x20, 0x7F, 0x17F, 0xFFFF, 0x10FFFF].randomElement(using: &random)!
            if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func shuffled(
        _ value: JSONValue, using random: inout SeededGenerator
    ) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map { shuffled($0, using: &random) })
        case .object(let members):
            return .object(
                members.map { JSONMember($0.name, shuffled($0.value, using: &random)) }
                    .shuffled(using: &random))
        default: return value
        }
    }
}
