/// Room on the disk that is kept for what must go on when it is full: erasures, changes of the access policy,
/// the vault's own work.
public protocol DiskReserve: Sendable {
    /// Whether the room is held.
    var isHeld: Bool { get }

    /// Whether so little is free besides that a commit may find no room.
    var isShort: Bool { get }

    /// Gives the room up.
    func release()

    /// Takes the room again, if so much is free that enough is left.
    ///
    /// - Returns: Whether it is held.
    func restore() -> Bool
}
