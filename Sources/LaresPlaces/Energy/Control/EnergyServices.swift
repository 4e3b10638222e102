/// What acts on the energy of a home, and what asks and answers for flexibility.
public struct EnergyServices: Sendable {
    /// Has the battery, cars and heat pumps follow a plan.
    public let control: EnergyControl
    /// Answers a city for the home.
    public let answers: CityAnswers
    /// Asks homes for a city.
    public let desk: FlexibilityDesk

    /// All three.
    public init(control: EnergyControl, answers: CityAnswers, desk: FlexibilityDesk) {
        (self.control, self.answers, self.desk) = (control, answers, desk)
    }

    /// Runs them until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await control.run() }
            group.addTask { await answers.run() }
            group.addTask { await desk.run() }
        }
    }
}
