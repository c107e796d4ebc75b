import KeyManagement

/// What is asked of a rotation.
public struct RotationRequest: Sendable {
    /// What is made anew; `nil`: what is under way is gone on with, and nothing begun.
    let kind: RotationKind?
    /// Whether a timer asks: then it waits while the clock can't be believed, until somebody asks by hand.
    let isScheduled: Bool
    /// How fast a deep rotation may go.
    let pace: RotationPace

    /// Asks for a rotation; a deep one makes every key anew.
    public init(
        isDeep: Bool = false, isScheduled: Bool = false, pace: RotationPace = RotationPace()
    ) {
        self.init(kind: isDeep ? .deep : .epoch, isScheduled: isScheduled, pace: pace)
    }

    init(
        kind: RotationKind?, isScheduled: Bool = false, pace: RotationPace = RotationPace()
    ) {
        self.kind = kind
        self.isScheduled = isScheduled
        self.pace = pace
    }
}
