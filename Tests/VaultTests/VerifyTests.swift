import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct VerifyTests {
    @Test func valueIsComparedNormalised() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.verify(id, " \(Person.henkilotunnus(1).lowercased()) "))
        #expect(try await !opened.verify(id, Person.henkilotunnus(2)))
        let bare = try await opened.create(Person.bare(2))
        #expect(try await !opened.verify(bare, Person.henkilotunnus(2)))
        let log = try await opened.audit().filter { $0["op"]?.text == "verify" }
        #expect(log.map { $0["reason"]?.text } == ["match", "no-match", "no-match"])
        await opened.close()
    }

    @Test func fiveFailuresAnHourOverAllCallers() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let other = try await opened.create(Person.body(2))
        for number in 0..<5 {
            let caller = number % 2 == 0 ? TestCaller.customerService : TestCaller.everyone
            #expect(try await !opened.verify(id, Person.henkilotunnus(50 + number), as: caller))
            #expect(try await opened.verify(other, Person.henkilotunnus(2)))
        }
        opened.clock.advance(seconds: 600)
        for caller in [TestCaller.customerService, TestCaller.everyone] {
            let error = await expectError(.tooManyAttempts) {
                _ = try await opened.verify(id, Person.henkilotunnus(1), as: caller)
            }
            #expect(error?.retryAfterSeconds == 3000)
        }
        #expect(try await opened.audit().last?["outcome"]?.text == "too_many_attempts")
        // Another record is not concerned.
        #expect(try await opened.verify(other, Person.henkilotunnus(2)))
        opened.clock.advance(seconds: 2999)
        await expectError(.tooManyAttempts) {
            _ = try await opened.verify(id, Person.henkilotunnus(1))
        }
        opened.clock.advance(seconds: 1)
        #expect(try await opened.verify(id, Person.henkilotunnus(1)))
        await opened.close()
    }

    /// However the failures are spread, no hour holds more than five of them.
    @Test func noHourHoldsMoreFailuresThanTheLimit() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        #expect(try await !opened.verify(id, Person.henkilotunnus(50)))
        opened.clock.advance(seconds: 3599)
        for number in 1..<5 {
            #expect(try await !opened.verify(id, Person.henkilotunnus(50 + number)))
        }
        opened.clock.advance(seconds: 2)
        // The first is an hour old, the four others are not.
        #expect(try await !opened.verify(id, Person.henkilotunnus(60)))
        await expectError(.tooManyAttempts) {
            _ = try await opened.verify(id, Person.henkilotunnus(61))
        }
        await opened.close()
    }

    @Test func attemptsAtOnceCantPassTheLimitTogether() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let answers = await withTaskGroup(of: Bool?.self) { group in
            for number in 0..<40 {
                group.addTask { try? await opened.verify(id, Person.henkilotunnus(50 + number)) }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        #expect(answers.count { $0 == false } <= 5)
        #expect(answers.count { $0 == true } == 0)
        #expect(answers.contains { $0 == false })
        await opened.close()
    }

    @Test func malformedGuessesAndOtherFieldsAreRefused() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        for _ in 0..<10 {
            await expectError(.invalidValue) { _ = try await opened.verify(id, "nonsense") }
        }
        await expectError(.notGranted) {
            _ = try await opened.verify(id, Person.email(1), field: "email")
        }
        await expectError(.unknownField) { _ = try await opened.verify(id, "x", field: "shoe") }
        #expect(try await opened.verify(id, Person.henkilotunnus(1)))
        await opened.close()
    }
}
