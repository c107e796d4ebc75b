import Foundation
import Glibc
import StrictJSON
import Synchronization
import Testing

extension EndToEnd {
    /// SIGTERM ends the daemon in order and in time.
    @Suite struct ShutdownTests {
        @Test func requestsUnderWayAreAnswered() throws {
            let vault = try TestVault()
            try vault.start()
            let path = vault.socket
            let created = Mutex<[String]>([])
            let broken = Mutex(0)
            let threads = (0..<4).map { number in
                let thread = Thread {
                    guard let connection = try? HTTPConnection(path) else { return }
                    for count in 0... {
                        let body = TestVault.person("L-\(number)-\(count)")
                        do {
                            let answer = try connection.ask(
                                "POST", "/v1/records", purpose: "order", json: body)
                            guard answer.status == 201 else { return }
                            created.withLock { $0.append(answer.json["id"]?.text ?? "") }
                        } catch HTTPConnection.Failure.malformed {
                            return broken.withLock { $0 += 1 }
                        } catch {
                            return
                        }
                    }
                }
                thread.start()
                return thread
            }
            let isLoaded = Poll.until(atMostSeconds: 30) { created.withLock { $0.count } > 200 }
            try #require(isLoaded)
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try vault.stop() == 0)
            print("stopped under load after \(clock.now - start)")
            #expect(Poll.until(atMostSeconds: 10) { threads.allSatisfy(\.isFinished) })
            #expect(broken.withLock { $0 } == 0, "no answer was cut off")
            #expect(!FileManager.default.fileExists(atPath: path))
            try vault.start()
            #expect(try vault.liveRecords().sorted() == created.withLock { $0.sorted() })
        }

        /// It is carried out, or refused and not carried out; never left without an answer.
        @Test func aRequestThatHasBegunIsAnswered() throws {
            let vault = try TestVault()
            try vault.start()
            let body = Array(TestVault.person("SLOW-1").utf8)
            let slow = try vault.connect()
            try slow.send(
                HTTPConnection.head("POST", "/v1/records", "order", bodyCount: body.count)
                    + body.prefix(10))
            // What was sent before them was read when these are answered, on each event loop.
            for _ in 0..<16 { #expect(try vault.connect().ask("GET", "/healthz").status == 200) }
            vault.daemon?.signal(SIGTERM)
            let isDraining = Poll.until(atMostSeconds: 10) {
                (try? vault.connect()) == nil
                    || (try? vault.connect().ask("GET", "/readyz"))?.status == 503
            }
            #expect(isDraining)
            try slow.send(body.dropFirst(10))
            let status = try slow.answer().status
            #expect([201, 503].contains(status))
            #expect(try vault.daemon?.wait(atMostSeconds: 15) == 0)
            try vault.start()
            #expect(try vault.find(reference: "SLOW-1").count == (status == 201 ? 1 : 0))
        }

        @Test func aClientThatNeverEndsHoldsNothingUp() throws {
            let vault = try TestVault(settings: "shutdownSeconds: 1")
            try vault.start()
            let stuck = try vault.connect()
            try stuck.send(HTTPConnection.head("POST", "/v1/records", "order", bodyCount: 100))
            #expect(try vault.connect().ask("GET", "/healthz").status == 200)
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try vault.stop() == 0)
            #expect(clock.now - start < .seconds(5))
        }
    }
}
