import Glibc
import Synchronization

/// Whether somebody wants the command to stop: Ctrl-C, or a termination signal. The first lets it
/// finish what is under way; the second ends it at once.
enum Interruption {
    private static let isWanted = Atomic(false)

    static var isRequested: Bool { isWanted.load(ordering: .relaxed) }

    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interruption.isWanted.exchange(true, ordering: .relaxed) {
                    signal(number, SIG_DFL)
                    raise(number)
                }
            }
        }
    }
}
