import StrictJSON
import Testing

extension EndToEnd {
    /// What is read out of the audit log for whom a record is about, and about a caller.
    @Suite struct ReportTests {
        @Test func aRecordsHistory() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(TestVault.person("WC-1"))
            #expect(try vault.read(id).status == 200)
            #expect(try vault.erase(id).status == 200)
            #expect(try vault.read(id).status == 410)
            let connection = try vault.connect()
            let path = "/v1/records/\(id)/history"
            let first = try connection.ask("GET", path + "?limit=2")
            #expect(first.json["items"]?.items?.map { $0["op"]?.text } == ["create", "read"])
            let next = try #require(first.json["next"]?.text)
            let second = try connection.ask("GET", path + "?after=" + next)
            #expect(
                second.json["items"]?.items?.map { $0["outcome"]?.text } == ["ok", "erased"])
            #expect(second.json["next"] == .null)
            let subject = try connection.ask("GET", path + "?view=subject")
            #expect(subject.json["items"]?.items?.count == 3)
            #expect(!subject.text.contains("uid") && !subject.text.contains("erased"))
            for wrong in ["?view=full", "?limit=0", "?after=x", "?purpose=order"] {
                #expect(try connection.ask("GET", path + wrong).status == 400)
            }
            #expect(try connection.ask("GET", "/v1/records/1/history").status == 404)
            let never = "/v1/records/01900000-0000-7000-8000-000000000000/history"
            #expect(try connection.ask("GET", never).json["items"]?.items == [])

            let shown = try vault.aitta(["records", "history", id, "--subject"])
            #expect(shown.status == 0, "\(shown.error)")
            #expect(shown.output.split(separator: "\n").count == 4)
            #expect(shown.output.contains("data-subject-rights  read"))
        }
    }
}
