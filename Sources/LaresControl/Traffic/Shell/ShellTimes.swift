/// The times that a shell keeps, in whole seconds.
public struct ShellTimes: Sendable, Hashable {
    /// The shortest green.
    public var minimumGreen = 5
    /// The yellow after a green of vehicles.
    public var yellow = 3
    /// Red for all after the yellow, before anything that crosses may go.
    public var allRed = 1
    /// How much longer red for all may last after a change, at most, while somebody stands inside the junction.
    public var clearing = 10
    /// The longest that a movement waits for its green, while nobody stands inside the junction.
    public var maximumWait = 120
    /// The shortest green of a crossing.
    public var pedestrianGreen = 6
    /// How fast people are expected to walk when a crossing's time is computed, in m/s.
    public var walkingSpeed = 1.2

    /// As streets in towns have them: 5 s green, 3 s yellow, 1 s red for all, nobody waits longer than 120 s; while somebody
    /// stands inside the junction, each green may come 10 s later.
    public init() {}

    func check() throws(TrafficError) {
        let ranges = [
            (minimumGreen, 1...60), (yellow, 1...10), (allRed, 0...30), (clearing, 0...15), (maximumWait, 10...600),
            (pedestrianGreen, 1...60),
        ]
        guard ranges.allSatisfy({ $1.contains($0) }), (0.3...3).contains(walkingSpeed) else {
            throw TrafficError(
                .badSetting, "a shell's times are out of range: green 1…60 s, yellow 1…10, all red 0…30, clearing 0…15, longest wait 10…600"
            )
        }
    }
}
