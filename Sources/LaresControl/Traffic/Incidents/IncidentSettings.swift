/// When something on a lane counts as an incident. Chosen on seeds of simulations that no evaluation uses.
public struct IncidentSettings: Sendable, Hashable {
    /// Metres of free way before a vehicle with which it has no reason to stand.
    public var freeWay: Float = 15
    /// Seconds that it stands so, in all, before it counts as stranded.
    public var stranded = 25
    /// Metres before the stop line where the first in line has no reason to stop, unless that is usual for the lane.
    public var short: Float = 8
    /// How many metres further away than is usual for the lane that is.
    public var beyondUsualDistance: Float = 5
    /// Seconds of green that who stands so lets pass before it counts as stranded.
    public var shortGreen = 8
    /// Seconds of green, of any of its ways, that somebody stands first in line.
    public var stuck = 40
    /// How many times as long as is usual for the lane that must be.
    public var beyondUsual = 2.0
    /// Vehicles that stand behind the junction, for each lane there, from which on green lets nobody go.
    public var full: Float = 1
    /// Evidence that traffic which should come through doesn't, from loops, in nats. Waves of traffic that isn't there look the same to loops: below this, they
    /// told something wrong in simulations without closures.
    public var missing = 30.0
    /// Seconds of a stream before anything is told.
    public var learning = 300
    /// Seconds without a sign after which an incident is over.
    public var calm = 60

    /// The usual ones.
    public init() {}
}
