public import Foundation
internal import LaresControl
public import LaresJSON
public import LaresThings

/// Answers a city for a home: looks what it asks, offers what people allow, and keeps what was taken of it.
///
/// Each step is kept before it is told: whoever is killed in between tells the same once more, which changes nothing.
public actor CityAnswers {
    /// Makes a line by settings.
    public typealias MakeLine = @Sendable (FlexibilitySettings) -> (any CityLine)?

    private let control: EnergyControl
    private let store: EnergyControlStore
    private let clock: any TimeSource
    private let makeLine: MakeLine
    private var answers: [Answer]
    /// Why the city couldn't be asked last; nil: it could.
    public private(set) var trouble: String?
    /// When the city was reached last.
    public private(set) var heardAt: Date?

    /// An answer to a request.
    struct Answer: Codable, Hashable, Sendable {
        enum Step: String, Codable, Sendable {
            case offered, told, promised, none, missed
        }

        let request: PublishedRequest
        let token: String
        let change: Double
        var step: Step
        var awarded: Double?
    }

    /// As they were left.
    ///
    /// - Throws: An error of the database.
    public init(
        _ control: EnergyControl, store: EnergyControlStore, clock: any TimeSource = SystemTime(),
        line: @escaping MakeLine = { WebCityLine($0) }
    ) throws {
        (self.control, self.store, self.clock, makeLine) = (control, store, clock, line)
        answers =
            try store.json("answers")
            .flatMap { try? JSONDecoder().decode([Answer].self, from: Data($0.serialized.utf8)) } ?? []
    }

    /// Looks again and again until its task is cancelled.
    public func run() async {
        var looked = ContinuousClock.now
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))  // what people set is heard at once, not after the rest of what they had set before
            guard looked.duration(to: .now) >= .seconds(Double(await control.flexibility.every)) else { continue }
            looked = .now
            await pass()
        }
    }

    /// Looks once. Who isn't willing asks nothing: not even that a home is there is told.
    package func pass() async {
        let settings = await control.flexibility, now = clock.now.timeIntervalSince1970
        guard settings.limits.isWilling, let line = makeLine(settings) else {
            trouble = nil
            return
        }
        do {
            let published = try await line.requests()
            (trouble, heardAt) = (nil, clock.now)
            for one in published where one.phase == .open && one.answerBy > now { await consider(one) }
        } catch { trouble = "\(error)" }
        for answer in answers where answer.step == .offered || answer.step == .told { await follow(answer, line, now) }
        forget(before: now - 7 * 86_400)
    }

    /// Offers something for a request, if anything can be; one that can't be planned yet is looked at again.
    private func consider(_ published: PublishedRequest) async {
        guard !answers.contains(where: { $0.request.request.identifier == published.request.identifier }),
            let offer = await control.offer(for: published.request)
        else { return }
        answers.append(Answer(request: published, token: offer.token, change: offer.change, step: .offered))
        keep()
    }

    private func follow(_ answer: Answer, _ line: any CityLine, _ now: Double) async {
        guard now < Double(answer.request.request.firstHour + 1) * 3_600 else { return end(answer, .missed) }
        let request = answer.request.request.identifier
        do {
            if answer.step == .offered {
                try await line.offer(FlexibilityOffer(request: request, token: answer.token, change: answer.change))
                end(answer, .told)
            }
            switch try await line.answer(request, token: answer.token) {
            case .waiting: return
            case .none: end(answer, .none)
            case .awarded(let change):
                let isKept = await control.take(FlexibilityAward(request: request, token: answer.token, change: change))
                end(answer, isKept ? .promised : .missed, change)
            }
        } catch let error as EnergyError where error.code == .conflict {
            trouble = error.message
            end(answer, .none)
        } catch { trouble = "\(error)" }
    }

    private func end(_ answer: Answer, _ step: Answer.Step, _ awarded: Double? = nil) {
        guard let place = answers.firstIndex(where: { $0.token == answer.token }) else { return }
        (answers[place].step, answers[place].awarded) = (step, awarded)
        keep()
    }

    private func forget(before time: Double) {
        guard answers.contains(where: { $0.request.ends < time }) else { return }
        answers.removeAll { $0.request.ends < time }
        keep()
    }

    private func keep() {
        do {
            let text = try JSONEncoder().encode(answers)
            try store.save(JSON(parsing: Array(text)), "answers")
        } catch { trouble = "what was answered can't be kept: \(error)" }
    }

    /// What was answered of late, as the API gives it.
    public var shown: JSON {
        let rows = answers.reversed().map { answer -> JSON in
            guard case .object(var members) = answer.request.json else { return .null }
            members["offered_kw"] = .number(answer.change)
            members["awarded_kw"] = answer.awarded.map { .round($0) } ?? .null
            members["answer"] = .string(answer.step.rawValue)
            return .object(members)
        }
        return [
            "answers": .array(rows), "trouble": trouble.map { .string($0) } ?? .null,
            "heard_at": heardAt.map { .double($0.timeIntervalSince1970) } ?? .null,
        ]
    }
}
