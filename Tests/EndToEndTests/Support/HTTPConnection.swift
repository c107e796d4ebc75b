import Foundation
import Glibc
import StrictJSON
import Testing

/// A connection to a Unix socket that sends the bytes it is told to, right or wrong.
final class HTTPConnection {
    enum Failure: Error {
        case notConnected(errno: CInt)
        case notSent(errno: CInt)
        case ended
        case noAnswer(errno: CInt)
        case malformed
    }

    private let descriptor: CInt
    private var buffer: [UInt8] = []
    private static let timeoutSeconds = 30

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var timeout = timeval(tv_sec: Self.timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, byte) in path.utf8.enumerated().prefix(target.count - 1) {
                target[index] = byte
            }
        }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else {
            // The descriptor is closed by deinit.
            throw Failure.notConnected(errno: errno)
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: some Sequence<UInt8>) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure.notSent(errno: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Says that nothing more will be sent; answers are still read.
    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Reads one answer whole.
    ///
    /// - Throws: `Failure.ended` if the connection ended before its first byte, `malformed` if it
    ///   ended within.
    func answer() throws -> Answer {
        while true {
            if let answer = try take() { return answer }
            var part = [UInt8](repeating: 0, count: 64 << 10)
            let count = recv(descriptor, &part, part.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) {
                throw buffer.isEmpty ? Failure.ended : Failure.malformed
            }
            guard count > 0 else { throw Failure.noAnswer(errno: errno) }
            buffer += part[..<count]
        }
    }

    private func take() throws -> Answer? {
        let end = Array("\r\n\r\n".utf8)
        guard let headEnd = buffer.firstRange(of: end) else { return nil }
        var lines = String(decoding: buffer[..<headEnd.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { throw Failure.malformed }
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw Failure.malformed }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard buffer.count >= headEnd.upperBound + length else { return nil }
        let body = Array(buffer[headEnd.upperBound..<(headEnd.upperBound + length)])
        buffer.removeFirst(headEnd.upperBound + length)
        return Answer(status: status, headers: headers, body: body)
    }
}

/// An answer as it came over the wire.
struct Answer {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null where it is none.
    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

    /// The code of a problem; nil of anything else.
    var code: String? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return json["code"]?.text
    }
}
