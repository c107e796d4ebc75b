import Glibc
import NIOCore

/// Who connected, as the kernel recorded it when they did (SO_PEERCRED, unix(7)).
struct PeerCredentials: Sendable, Equatable {
    /// The effective user id.
    let uid: UInt32
    /// The effective group id.
    let gid: UInt32
    /// The process: information, never identity.
    let pid: Int32

    /// Someone whom the kernel can't name; nothing is ever granted to them.
    static let unknown = PeerCredentials(uid: 65534, gid: 65534, pid: 0)

    /// Reads the credentials of a channel's peer. To be called on its event loop, where the future
    /// is complete at once.
    ///
    /// NIO's option getter drops the length that the kernel returns. A `ucred` has one size, so
    /// nothing is lost here; an option of variable size, such as SO_PEERGROUPS, can't be read so.
    static func read(of channel: any Channel) -> EventLoopFuture<PeerCredentials> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture(.unknown)
        }
        let credentials: EventLoopFuture<KernelCredentials> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return credentials.map { PeerCredentials(uid: $0.uid, gid: $0.gid, pid: $0.pid) }
    }
}

/// `struct ucred` (unix(7)), which Glibc shows only to programs that ask for GNU extensions.
private struct KernelCredentials {
    let pid: Int32
    let uid: UInt32
    let gid: UInt32
}
