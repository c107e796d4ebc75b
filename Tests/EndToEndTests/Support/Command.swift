import Foundation

/// A program that was run to its end.
struct Command {
    let status: CInt
    let output: String
    let error: String

    /// Runs a program, `input` on its standard input.
    ///
    /// - Parameter uid: another user as whom to run it; needs root.
    static func run(
        _ arguments: [String], input: String = "", uid: UInt32? = nil, gid: UInt32? = nil,
        environment: [String: String] = [:], atMostSeconds: Int = 120
    ) throws -> Command {
        let scratch = try ScratchDirectory()
        let input = try scratch.write(input, to: "in")
        let (output, error) = (scratch.path + "/out", scratch.path + "/err")
        let process = try ChildProcess(
            (uid.map { asUser($0, gid ?? $0) } ?? []) + arguments, output: output, error: error,
            input: input, environment: environment)
        let status = try process.wait(atMostSeconds: atMostSeconds)
        return Command(
            status: status, output: try scratch.read("out"), error: try scratch.read("err"))
    }

    /// What goes before a command to run it as another user, of no further group.
    static func asUser(_ uid: UInt32, _ gid: UInt32) -> [String] {
        ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"]
    }
}

/// A directory that goes away with the test.
final class ScratchDirectory {
    let path: String

    /// - Parameter mode: 0755 where other users are to reach a socket in it.
    init(mode: Int = 0o700) throws {
        // Short, since a socket's path may have 107 bytes.
        path = "/tmp/aitta-" + UUID().uuidString.prefix(13)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: mode])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    func read(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
    }
}
