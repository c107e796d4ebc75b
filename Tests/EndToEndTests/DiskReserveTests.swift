import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// A real, small file system that is full.
    @Suite(.needsRoot) struct DiskReserveTests {
        @Test func aFullDiskHoldsUpNoErasureAndNoRevocation() throws {
            let vault = try TestVault(
                settings: "disk:\n  reserveMegabytes: 4", stateMegabytes: 24)
            try vault.start()
            let reserve = vault.state + "/reserve"
            func reserveBytes() throws -> Int {
                try FileManager.default.attributesOfItem(atPath: reserve)[.size] as? Int ?? 0
            }
            #expect(try reserveBytes() == 4 << 20)
            let ids = try (1...2).map { try vault.create(TestVault.person("D-\($0)")) }
            let granted = try vault.connect().ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:41040","role":"dpo","reason":"test"}"#)
            let grant = try #require(granted.json["id"]?.text)
            let filler = vault.state + "/filler"
            _ = try Command.run(["dd", "if=/dev/zero", "of=" + filler, "bs=4096"])
            var answer = try vault.read(ids[1])
            for _ in 0..<100 where answer.status == 200 { answer = try vault.read(ids[1]) }
            #expect(answer.status == 503 && answer.code == "disk_full")
            #expect(try reserveBytes() == 4 << 20, "reads leave the reserve alone")
            #expect(try vault.erase(ids[0]).status == 200)
            #expect(try reserveBytes() == 0)
            #expect(
                try vault.connect().ask("DELETE", "/v1/grants/" + grant).status == 200)
            #expect(try vault.read(ids[1]).status == 503)
            let ready = try vault.connect().ask("GET", "/readyz")
            #expect(ready.status == 503 && ready.text.contains("disk-full"))
            // Room again: everything is served, and the reserve is back.
            try FileManager.default.removeItem(atPath: filler)
            #expect(
                try Poll.until(atMostSeconds: 20) { try vault.read(ids[1]).status == 200 })
            #expect(try reserveBytes() == 4 << 20)
            #expect(
                try vault.connect().ask("GET", "/v1/status").json["diskReserve"]?.text == "held")
            // What was done in need is durable.
            try vault.kill()
            try vault.start()
            #expect(try vault.read(ids[0]).status == 410)
            let grants = try vault.connect().ask("GET", "/v1/grants").text
            #expect(!grants.contains(grant))
            try vault.stop()
        }
    }
}
