import StrictJSON
import Testing

extension EndToEnd {
    /// Somebody who may reach some records tries to reach others.
    @Suite(.needsRoot) struct RecordAttackTests {
        private typealias User = AttackedVault.User

        @Test func aBatchGivesNoMoreThanItsParts() throws {
            let attacked = try AttackedVault()
            let person = try attacked.create(AttackedVault.person("WC-1"))
            let company = try attacked.create(
                """
                {"kind":"company","reference":"WC-2","fields":{"name":"Firma",
                 "phone":"+358401234568","email":"firma@example.fi"}}
                """)
            let ids = [person, company].map { "\"\($0.suffix(36))\"" }.joined(separator: ",")
            func read(_ uid: UInt32, _ purpose: String?, _ more: String = "") throws
                -> TestVault.Reply
            {
                try attacked.ask(
                    uid, "POST", "/v1/batch/read", purpose, #"{"ids":[\#(ids)]\#(more)}"#)
            }
            let marketing = try read(User.marketing, "marketing")
            let statuses = JSONValue(of: marketing)["results"]?.items?
                .map { $0["status"]?.integer }
            #expect(statuses == [403, 200], "\(marketing.body)")
            #expect(marketing.contains("firma@example.fi") && !marketing.contains("+358"))
            #expect(!marketing.contains("Korhonen"))
            for (uid, purpose, more, status) in [
                (User.marketing, "marketing", #","fields":["phone"]"#, 403),
                (User.marketing, "order", "", 403),
                (User.marketing, nil, "", 400),
                (User.marketing, "marketing", #","purpose":"data-subject-rights""#, 400),
                (User.checkout, "order", "", 403),
                (User.nobody, "marketing", "", 403),
            ] {
                let refused = try read(uid, purpose, more)
                #expect(refused.status == status, "\(more) \(refused.body)")
                #expect(!refused.contains("firma@") && !refused.contains("Korhonen"))
            }
            #expect(try read(User.dpo, AttackedVault.rights).contains("Korhonen"))
        }

        /// Each operation of a batch stands for itself, under the one purpose of its request.
        @Test func aBatchWritesNoMoreThanItsParts() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(AttackedVault.person("WC-1"))
            let id = path.suffix(36)
            let made = #""op":"create","kind":"person","fields":{"name":{"family":"Uusi"}"#
            let write = try attacked.ask(
                User.customerService, "POST", "/v1/batch/write", "customer-service",
                """
                {"operations":[
                 {"op":"update","id":"\(id)","fields":{"billing":null}},
                 {"op":"update","id":"\(id)","fields":{"billing":null},"purpose":"order"},
                 {"op":"update","id":"\(id)","fields":{"henkilotunnus":null,"email":null}},
                 {"op":"update","id":"\(id)","fields":{"billing":null},"dryRun":true},
                 {\(made),"billing":{"method":"invoice"}}},
                 {\(made)},"purpose":"order"},
                 {\(made)}},
                 {"op":"update","id":"\(id)","fields":{"phone":"+358401234569"}},
                 {"op":"erase","id":"\(id)"}]}
                """)
            let statuses = JSONValue(of: write)["results"]?.items?.map { $0["status"]?.integer }
            #expect(
                statuses == [403, 403, 403, 403, 403, 400, 201, 200, 400], "\(write.body)")
            let read = try attacked.read(path)
            #expect(read.contains(AttackedVault.iban) && read.contains(AttackedVault.henkilotunnus))
            #expect(read.contains("aino@example.fi") && read.contains("+358401234569"))
            #expect(JSONValue(of: read)["version"]?.integer == 2)
        }

        @Test func contactsShowNoMoreThanRecordsDo() throws {
            let attacked = try AttackedVault()
            let company = try attacked.create(#"{"kind":"company","fields":{"name":"Firma"}}"#)
            let contact = try attacked.create(
                """
                {"kind":"contact","company":"\(company.suffix(36))","fields":{
                 "name":{"given":"Eino","family":"Virtanen"},"phone":"+358401234567",
                 "email":"eino@example.fi"}}
                """)
            let shown = try attacked.ask(
                User.marketing, "GET", company + "/contacts", "marketing")
            #expect(shown.status == 200 && shown.contains("eino@example.fi"))
            #expect(!shown.contains("+358401234567"))
            for (uid, suffix, purpose) in [
                (User.marketing, "?fields=phone", "marketing"),
                (User.marketing, "?fields=name,phone&view=masked", "marketing"),
                (User.marketing, "", "order"), (User.checkout, "", "order"),
                (User.nobody, "", "marketing"),
            ] {
                for path in [company + "/contacts", contact] {
                    let refused = try attacked.ask(uid, "GET", path + suffix, purpose)
                    #expect(refused.status == 403 && !refused.contains("Virtanen"), "\(suffix)")
                }
            }
            let all = try attacked.ask(
                User.dpo, "GET", company + "/contacts", AttackedVault.rights)
            #expect(all.contains("+358401234567"))
        }

        /// An answer is repeated to whom it was given, while they may have it and it may be had.
        @Test func aRepeatedRequestGivesNothingOfAnothers() throws {
            let attacked = try AttackedVault()
            let key = ["Idempotency-Key: 6f1f3c1e-0000-4000-8000-000000000001"]
            let body = AttackedVault.person("WC-1")
            func create(_ uid: UInt32, _ body: String) throws -> TestVault.Reply {
                try attacked.ask(uid, "POST", "/v1/records", "order", body, headers: key)
            }
            let first = try create(User.checkout, body)
            let id = try #require(JSONValue(of: first)["id"]?.text)
            #expect(try create(User.checkout, body).body == first.body, "the control")
            let stolen = try create(User.otherCheckout, body)
            #expect(stolen.status == 409 && !stolen.contains(id), "\(stolen.body)")
            let other = AttackedVault.person(
                "WC-2", henkilotunnus: AttackedVault.otherHenkilotunnus)
            let own = try create(User.otherCheckout, other)
            #expect(own.status == 201 && !own.contains(id))
            for uid in [User.billing, User.nobody] {
                let refused = try create(uid, body)
                #expect(refused.status == 403 && !refused.contains(id))
            }
            #expect(try create(User.checkout, other).status == 422, "another body")
            let erased = try attacked.ask(
                User.dpo, "POST", "/v1/records/\(id)/erasure", AttackedVault.rights,
                #"{"reason":"x"}"#)
            #expect(erased.status == 200)
            let late = try create(User.checkout, body)
            #expect(late.status == 410 && !late.contains(id), "\(late.body)")
        }

        @Test func aRepeatedBatchGivesNothingOfAnothers() throws {
            let attacked = try AttackedVault()
            let key = ["Idempotency-Key: 6f1f3c1e-0000-4000-8000-000000000002"]
            let body =
                #"{"operations":[{"op":"create",\#(AttackedVault.person("WC-1").dropFirst())]}"#
            func write(_ uid: UInt32) throws -> TestVault.Reply {
                try attacked.ask(uid, "POST", "/v1/batch/write", "order", body, headers: key)
            }
            func status(_ reply: TestVault.Reply) -> Int64? {
                JSONValue(of: reply)["results"]?.items?.first?["status"]?.integer
            }
            // Whoever came before, with nothing to say, changes nothing.
            #expect(status(try write(User.nobody)) == 403)
            let first = try write(User.checkout)
            #expect(status(first) == 201)
            let id = try #require(first.body.firstMatch(of: #/"id":"([0-9a-f-]{36})"/#)?.1)
            #expect(try write(User.checkout).body == first.body, "the control")
            for (uid, expected) in [(User.otherCheckout, 409), (User.nobody, 403)] {
                let other = try write(uid)
                #expect(status(other) == Int64(expected) && !other.contains(String(id)))
            }
            let erased = try attacked.ask(
                User.dpo, "POST", "/v1/records/\(id)/erasure", AttackedVault.rights,
                #"{"reason":"x"}"#)
            #expect(erased.status == 200)
            #expect(status(try write(User.checkout)) == 410)
        }
    }
}
