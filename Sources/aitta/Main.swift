import ArgumentParser
import Glibc

/// Runs the command and turns what it throws into `error:` and `hint:` lines and an exit code:
/// 0 done, 1 refused or failed, 2 usage.
@main
enum Main {
    static func main() async {
        do {
            var command = try Aitta.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            leave(failure)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            leave(parserError: error)
        }
    }

    private static func leave(_ failure: Failure) -> Never {
        StandardError.print(failure.text)
        exit(failure.status.rawValue)
    }

    private static func leave(parserError error: any Error) -> Never {
        guard Aitta.exitCode(for: error) != .success else {
            print(Aitta.fullMessage(for: error))
            exit(Failure.Status.done.rawValue)
        }
        leave(Failure(parserError: error))
    }
}
