import ArgumentParser
import Cryptography
import Glibc
import KeyManagement
import Storage
import Vault
import VaultServer

/// Errors as people read them: what is wrong, where, and what to do; never a stack trace.
struct Failure: Error {
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// Prints an error and ends the process: 0 for help, 2 for usage, 1 for all else.
    static func end(with error: any Error) -> Never {
        if let code = error as? ExitCode { exit(code.rawValue) }
        if let failure = Failure(describing: error) {
            write("error: \(failure.message)\n", to: STDERR_FILENO)
            if let hint = failure.hint { write("hint: \(hint)\n", to: STDERR_FILENO) }
            exit(1)
        }
        let text = Aittad.fullMessage(for: error)
        if Aittad.exitCode(for: error).isSuccess {
            write(text + "\n", to: STDOUT_FILENO)
            exit(0)
        }
        write(text.hasPrefix("Error: ") ? "error: " + text.dropFirst(7) : text, to: STDERR_FILENO)
        write("\n", to: STDERR_FILENO)
        exit(Aittad.exitCode(for: error) == .validationFailure ? 2 : 1)
    }

    private init?(describing error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as KeyError:
            self.init(error.description, hint: error.hint ?? error.code.usualHint)
        case let error as BackupFailure: self.init(error.description, hint: error.hint)
        case let error as OpeningError: self.init(error.description, hint: error.hint)
        case let error as StoreError: self.init(error.text, hint: error.hint)
        case let error as SettingsError: self.init(error.description, hint: error.hint)
        case let error as SocketError: self.init(error.description, hint: error.hint)
        case let error as CryptographyError: self.init(error.description)
        case let error as VaultError:
            self.init(error.detail ?? error.code.rawValue.replacing("_", with: " "))
        default: return nil
        }
    }
}

extension KeyError.Code {
    fileprivate var usualHint: String? {
        switch self {
        case .keyringDamaged, .ledgerDamaged: "put it back from a replica, whole"
        case .segmentKeyDamaged, .keyBoxDamaged, .stateDamaged:
            "the database was altered, or belongs to other keys: put back a good one"
        case .alreadyThere: "choose another directory, or remove what is there"
        default: nil
        }
    }
}

extension StoreError {
    fileprivate var text: String {
        switch self {
        case .outcomeUnknown: "the disk failed while writing; what was written is unknown"
        case .diskFull: "the disk is full"
        case .notWritable: "the database can't be written"
        case .corrupt(let place): "the database is damaged: \(place)"
        case .unknownSchema(let version): "the database has schema version \(version)"
        case .missing: "there is no database in the state directory"
        case .alreadyExists: "there is a database in the state directory already"
        case .closed: "the database is closed"
        case .unexpected(let code): "the database answers with code \(code)"
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .notWritable: "check owner and mode of the state directory and its file system"
        case .corrupt: "stop, copy the state directory, and put back a good database"
        case .unknownSchema: "it was made by a newer version: install that"
        case .missing: "make a vault with `aittad init`, or put the database back"
        case .diskFull: "make room, then start again"
        default: nil
        }
    }
}

/// Writes text whole, past any buffer.
func write(_ text: some StringProtocol, to descriptor: CInt) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
