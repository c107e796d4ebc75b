import Testing

@testable import Cryptography

@Suite struct PasswordHashTests {
    /// Made by the reference implementation (Debian's libargon2) through PHP:
    /// `password_hash(TEXT, PASSWORD_ARGON2ID, ["memory_cost"=>M,"time_cost"=>T,"threads"=>1])`.
    @Test(arguments: [
        (
            "correct horse battery staple", "zBQNeWrYYy1REUGR", 1, 8192,
            "5adaa86d7cbab65ab0efa8ca2db6641ddfea4e668bf1f0f6b3fd0f8231040707"
        ),
        (
            "correct horse battery staple", "F9RShWGJPU9EjQoi", 2, 65536,
            "c05a62611ea72601b9d1f484416ae7a5b91d66362aa1ff13f3bd557978b1f24b"
        ),
        (
            "correct horse battery staple", "Utmh2AImrObT4TgA", 3, 262_144,
            "fb814b239e1b8efb2bc878648ec7e59f02187dc14ea8bb388e9c1817e041a81c"
        ),
        (
            "hyvää huomenta, aitta \u{1F511}", "CKUhR3XxHN04efvC", 4, 8192,
            "27bd07c8ce8ea941bbe7d2480fe83993e4557b3ce017563ace857e9b32f9ebda"
        ),
    ])
    func agreesWithTheReference(
        _ vector: (text: String, salt: String, passes: Int, memory: Int, key: String)
    ) throws {
        let hash = try #require(
            PasswordHash(
                salt: Array(vector.salt.utf8), passes: vector.passes,
                memoryKibibytes: vector.memory))
        let key = try hash.key(from: secret(Array(vector.text.utf8)))
        #expect(hex(exposed(key)) == vector.key)
    }

    @Test func aFreshOneCostsModeratelyAndHasASaltOfItsOwn() throws {
        try startSodium()
        let (one, other) = (try PasswordHash(), try PasswordHash())
        #expect(one.passes == 3 && one.memoryKibibytes == 256 << 10)
        #expect(one.salt != other.salt && one.salt.count == 16)
    }

    @Test func costsOutsideTheLimitsAreNone() throws {
        let salt = [UInt8](repeating: 1, count: 16)
        for (passes, memory) in [
            (0, 8192), (17, 8192), (1, 8191), (1, (1 << 20) + 1), (-1, 8192), (3, Int.max),
        ] {
            #expect(PasswordHash(salt: salt, passes: passes, memoryKibibytes: memory) == nil)
        }
        #expect(PasswordHash(salt: Array(salt.dropLast()), passes: 1, memoryKibibytes: 8192) == nil)
        let hash = try #require(PasswordHash(salt: salt, passes: 1, memoryKibibytes: 8192))
        #expect(
            failure { try hash.key(from: secret([UInt8](repeating: 97, count: 1025))) }
                == .inputTooLarge)
    }
}
