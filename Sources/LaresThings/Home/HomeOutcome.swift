internal import Foundation

/// What messages or time led to, for those who keep and tell it.
struct HomeOutcome {
    var events: [HomeEvent] = []
    var announcements: [MQTTMessage] = []
    var names = ThingNames()
    var hasNewNames = false
    var areas: [Area] = []
    /// Messages to be published: commands once more, questions to things.
    var again: [MQTTMessage] = []

    var isEmpty: Bool { events.isEmpty && announcements.isEmpty && !hasNewNames && areas.isEmpty && again.isEmpty }
}

extension Home.State {
    /// Takes in messages, in their order.
    mutating func take(_ messages: [MQTTMessage], at now: Date) -> HomeOutcome {
        var outcome = HomeOutcome()
        for message in messages {
            if !message.isRetained, heard.contains(where: { TopicName.matches(message.topic, $0) }) { model.note(.heard(message)) }
            hearZigbee(message)
            // A topic of announcements stays one, whatever a device says that it reports there.
            let isAnnouncement = isAnnouncement(message.topic)
            // Who was announced hears every message from then on.
            if !isAnnouncement { model.describe(at: now) }
            if !isAnnouncement, model.isHeard(message.topic) {
                let (failures, reason) = model.receive(message, at: now)
                if let reason { faults.note(reports: failures, "\(message.topic.prefix(200)): \(reason.message)") }
            } else {
                announce(message, at: now, &outcome.announcements)
            }
        }
        model.describe(at: now)
        finish(&outcome)
        return outcome
    }

    private func isAnnouncement(_ topic: String) -> Bool { readers.contains { $0.filters.contains { TopicName.matches(topic, $0) } } }

    /// Takes in what was announced before a restart; things are described when all is.
    mutating func announce(_ message: MQTTMessage, at now: Date) {
        var ignored: [MQTTMessage] = []
        announce(message, at: now, &ignored)
    }

    /// Takes in what may be an announcement; one that counts is added to those to be kept. What is none is kept until someone listens.
    private mutating func announce(_ message: MQTTMessage, at now: Date, _ kept: inout [MQTTMessage]) {
        var isAnnouncement = false
        for place in readers.indices where readers[place].filters.contains(where: { TopicName.matches(message.topic, $0) }) {
            isAnnouncement = true
            let announced = readers[place].read(message)
            var counts = message.payload.isEmpty
            for announcement in announced { counts = take(announcement, from: message.topic, at: now) || counts }
            if counts { kept.append(message) }
        }
        if !isAnnouncement { model.receive(message, at: now) }
    }

    /// Takes in what was announced.
    /// - Returns: Whether it is worth keeping: what is refused isn't, and what was announced before stays.
    private mutating func take(_ announcement: Announcement, from topic: String, at now: Date) -> Bool {
        switch announcement {
        case .part(let part):
            do throws(ThingsError) {
                if let place = part.commandTopics.first(where: isAnnouncement) {
                    throw ThingsError(.badAnnouncement, "its commands would go to '\(place.prefix(80))', where devices announce themselves")
                }
                try model.add(part, at: now)
                announcedOn[part.key] = topic
            } catch {
                refuse(topic, error.message)
                return false
            }
        case .gone(let key):
            announcedOn[key] = nil
            model.takeAway(part: key, at: now)
        case .refused(let topic, let reason):
            refuse(topic, reason)
            return false
        }
        return true
    }

    private mutating func refuse(_ topic: String, _ reason: String) {
        faults.note(announcement: "\(topic.prefix(200)): \(reason)")
        model.note(.refused(topic: topic, reason: reason))
    }

    /// So many rooms are made of what things say; people make as many as they like.
    private static let mostRooms = 500

    /// The room where a thing says that it is, when nobody has named it yet.
    private mutating func newArea(of id: ThingID) -> Area? {
        guard areas.count < Self.mostRooms, let name = model.room(of: id), let area = model.thing(id)?.area, areas[area] == nil else {
            return nil
        }
        let made = Area(id: area, name: name)
        areas[area] = made
        return made
    }

    /// What a thing that has just come online must be asked.
    private func questions(to id: ThingID) -> [MQTTMessage] {
        model.parts(of: id).reduce(into: []) { asked, part in
            for question in readers.flatMap({ $0.questions(about: part) }) where !asked.contains(question) { asked.append(question) }
        }
    }

    /// Gathers what happened.
    mutating func finish(_ outcome: inout HomeOutcome) {
        outcome.events = model.takeEvents()
        outcome.hasNewNames = model.names.hasNews
        outcome.names = model.names
        for event in outcome.events {
            switch event {
            case .changed(let change):
                unrecorded.append(change)
                unsaved.insert(change.address)
            case .described(let id):
                if let area = newArea(of: id) { outcome.areas.append(area) }
            case .availability(let id, let availability, let date):
                unrecordedReaches.append(AvailabilityChange(id, availability, at: date))
                if availability == .online { outcome.again += questions(to: id) }
            default: break
            }
        }
        for (number, result) in model.takeOutcomes() {
            guard let continuation = waiting.removeValue(forKey: number) else { continue }
            continuation.yield(result)
            continuation.finish()
        }
    }
}

extension HomeFaults {
    fileprivate mutating func note(reports count: Int, _ what: String) { (reports, last) = (reports + count, what) }
    fileprivate mutating func note(announcement what: String) { (announcements, last) = (announcements + 1, what) }
}
