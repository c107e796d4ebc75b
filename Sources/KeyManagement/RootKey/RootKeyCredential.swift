import Cryptography
import Glibc

/// A root key that systemd hands to the service, decrypted, in memory: `LoadCredential=` or
/// `LoadCredentialEncrypted=` (systemd.exec(5)). Its content is that of a root key file.
public struct RootKeyCredential: Sendable {
    private static let hint =
        "name it in the unit: LoadCredentialEncrypted=NAME:PATH (docs/OPERATIONS.md)"

    /// The credential.
    public let name: String
    /// Where systemd puts credentials; `nil`: it gave none.
    private let directory: String?

    /// Names a credential of this process (`$CREDENTIALS_DIRECTORY`).
    public init(name: String) {
        self.init(
            name: name, directory: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
    }

    init(name: String, directory: String?) {
        self.name = name
        self.directory = directory
    }

    /// Whether a text can be the name of a credential: letters, digits, `.`, `-`, `_`; at most 64.
    public static func isName(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Reads the key.
    ///
    /// - Throws: ``KeyError`` when systemd gave no such credential, others may read it, it is
    ///   malformed, or the example.
    public func rootKey() throws(KeyError) -> RootKey {
        guard Self.isName(name), let directory, directory.hasPrefix("/") else { throw missing }
        let descriptor = open(directory + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw missing }
        defer { close(descriptor) }
        guard isPrivate(descriptor) else {
            throw KeyError(
                .credentialExposed, at: name,
                hint: "others may read it: systemd's own credentials nobody else can")
        }
        let key: RootKey?
        do throws(CryptographyError) {
            key = try RootKeyText.read(descriptor)
        } catch {
            throw KeyError(.credentialMalformed, at: name, hint: "see keys.example for the form")
        }
        guard let key else {
            throw KeyError(
                .keyFileExample, at: name, hint: "everybody has the key of keys.example")
        }
        return key
    }

    private var missing: KeyError { KeyError(.credentialMissing, at: name, hint: Self.hint) }

    /// systemd leaves the file to root and lets the service's user read it by an ACL, whose mask shows
    /// as the group's permission; where there are no ACLs, it gives the file to that user.
    private func isPrivate(_ descriptor: CInt) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == 0 || status.st_uid == geteuid()
        else { return false }
        let isOfRoot = status.st_uid == 0 && status.st_gid == 0
        return status.st_mode & (isOfRoot ? 0o037 : 0o077) == 0
    }
}
