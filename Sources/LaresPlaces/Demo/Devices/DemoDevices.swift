internal import LaresThings

/// The devices of the virtual home, in six rooms and the garden, one at least of every kind that Lares reads.
package struct DemoDevices: Sendable {
    /// The language of their names.
    let language: DemoLanguage
    /// Where the home is, for the people's telephones.
    let latitude, longitude: Double

    package init(language: DemoLanguage, position: GeographicPosition? = nil) {
        self.language = language
        (latitude, longitude) = (position?.latitude ?? 52.52, position?.longitude ?? 13.405)
    }

    /// All of them.
    package var all: [DemoDevice] {
        lights + climates + shades + guards + detectors + airs + plugs + appliances + meters + outside + people
    }

    /// The words in which each is announced and says that it is there; the broker keeps these topics.
    package var keptTopics: [DemoFamily: [String]] {
        var topics: [DemoFamily: [String]] = [:]
        for device in all {
            topics[device.family, default: []] +=
                device.announcements.map(\.topic) + [device.presence.topic] + device.streams.filter(\.isRetained).map(\.topic)
        }
        return topics
    }

    func draft(_ id: String, _ family: DemoFamily, _ name: DemoName, in area: DemoArea?, model: String) -> DemoDraft {
        DemoDraft(id, family, name, in: area, model: model, language)
    }

    func draft(_ id: String, _ name: DemoName, in area: DemoArea?, model: String) -> DemoDraft {
        draft(id, .wifi, name, in: area, model: model)
    }
}
