import Glibc
import Testing

@testable import Cryptography

@Suite(.serialized) struct ProcessHardeningTests {
    @Test func whatIsAskedHolds() throws {
        let mask = umask(0o022)
        try ProcessHardening.setDumpable(true)
        defer { umask(mask) }
        let before = try ProcessHardening.read()
        #expect(before.umask == 0o022, "the report shows what holds, not what was asked")
        #expect(before.isDumpable, "the report shows what holds, not what was asked")

        let report = try ProcessHardening.apply()
        #expect(report.coreLimitBytes == 0)
        #expect(!report.isDumpable)
        #expect(report.umask == 0o077)
        #expect(try ProcessHardening.read() == report)

        var core = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
        #expect(core.rlim_cur == 0 && core.rlim_max == 0)
        var locked = rlimit()
        getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &locked)
        #expect(locked.rlim_cur == locked.rlim_max)
        try ProcessHardening.setDumpable(true)
    }

    @Test func errorsNameTheStep() {
        let error = CryptographyError.processNotHardened(.coreLimit)
        #expect(error.code == "process_not_hardened")
        #expect(error.description.contains("RLIMIT_CORE"))
    }
}
