/// What the people do: they go from room to room, and switch, open and lock what they pass.
extension VirtualHome {
    /// - Parameter seconds: Since the day's 00:00 on the wall.
    mutating func live(_ seconds: Int) {
        let before = stays
        let today = day
        stays = Inhabitant.allCases.map { today.stay(of: $0, at: seconds) }
        if stays != before {
            for (old, new) in zip(before, stays) where old != new { change(from: old, to: new) }
            leaveRooms(before)
            if stays.allSatisfy({ $0.activity == .away }), !before.allSatisfy({ $0.activity == .away }) { leaveHome() }
            if stays.allSatisfy({ $0.activity == .sleep }), !before.allSatisfy({ $0.activity == .sleep }) { goToBed() }
        }
        stir()
        doChores(seconds)
        airRooms()
    }

    private mutating func change(from old: Stay, to new: Stay) {
        if old.room != new.room {
            // From every room to every other one goes through the hall.
            moved[VirtualRoom.hall.rawValue] = time
            if let room = new.room { enter(room, new.activity) }
        }
        switch (old.activity, new.activity) {
        case (.away, _): comeHome()
        case (.leave, .away): doorUntil = time + 15
        // A day ends and the next begins asleep.
        case (.sleep, let next) where next != .sleep: getUp()
        case (.cook, _): settings.oven = "off"
        case (.garden, _), (_, .garden): doorUntil = time + 12
        default: break
        }
        switch new.activity {
        case .cook: (settings.oven, settings.ovenTarget, fridgeUntil) = ("convection", 190, time + 25)
        case .watch: watch()
        case .eat: fridgeUntil = time + 15
        case .wash: if chance.unit(.habit, dayNumber, 4) < 0.7 { (settings.isFanOn, settings.fanSpeed) = (true, 60) }
        default: break
        }
    }

    private mutating func enter(_ room: VirtualRoom, _ activity: Activity) {
        moved[room.rawValue] = time
        guard activity != .sleep, activity != .watch, light[room.rawValue] < 90, let place = Self.mainLamp(of: room) else { return }
        let isNight = weather.elevation < -10
        lamps[place.rawValue].isOn = true
        if place != .hall { lamps[place.rawValue].brightness = isNight ? 70 : 100 }
    }

    static func mainLamp(of room: VirtualRoom) -> LampPlace? {
        switch room {
        case .living: .ceiling
        case .kitchen: .kitchen
        case .bedroom: .bedroom
        case .study: .study
        case .bathroom: .bathroom
        case .hall: .hall
        }
    }

    /// One time in seven a lamp is forgotten.
    private mutating func leaveRooms(_ before: [Stay]) {
        for room in VirtualRoom.allCases where people(in: room) == 0 && before.contains(where: { $0.room == room }) {
            guard chance.unit(.habit, Int(time / 60), room.rawValue) > 0.14 else { continue }
            for place in lamps.indices where lamps[place].room == room { lamps[place].isOn = false }
            if room == .bathroom { settings.isFanOn = false }
        }
    }

    private mutating func getUp() {
        if alarm == "armed_home" || alarm == "armed_night" { alarm = "disarmed" }
        windows[VirtualRoom.bedroom.rawValue] = time + 600
    }

    private mutating func goToBed() {
        for place in lamps.indices { lamps[place].isOn = false }
        lock.turn(locking: true, chance)
        if alarm == "disarmed" { alarm = "armed_home" }
        (bedroomBlind.target, blind.target) = (0, 0)
    }

    private mutating func leaveHome() {
        for place in lamps.indices { lamps[place].isOn = false }
        lock.turn(locking: true, chance)
        if alarm == "disarmed" { alarm = "armed_away" }
        doorUntil = time + 12
    }

    private mutating func comeHome() {
        if lock.state != "unlocked" { lock.turn(locking: false, chance) }
        if alarm == "armed_away" { alarm = "disarmed" }
        doorUntil = time + 18
    }

    /// In the evening the remote beside the sofa sets the light for a film.
    private mutating func watch() {
        press(.remote, weather.elevation < 0 ? "film" : "single")
        lamps[LampPlace.ceiling.rawValue].isOn = false
        guard weather.elevation < 4 else { return }
        lamps[LampPlace.strip.rawValue].isOn = true
        lamps[LampPlace.strip.rawValue].brightness = 35
        blind.target = 0
    }

    /// Who is awake moves now and then, sooner in a kitchen than before a screen.
    private mutating func stir() {
        for person in Inhabitant.allCases {
            let stay = stays[person.rawValue]
            guard let room = stay.room, stay.activity != .sleep else { continue }
            let odds = stay.activity == .watch || stay.activity == .work ? 0.12 : 0.45
            if chance.unit(.shift, Int(time / 30), person.rawValue) < odds { moved[room.rawValue] = time }
        }
    }

    private mutating func airRooms() {
        let isSomebodyAwake = stays.contains { $0.room != nil && $0.activity != .sleep }
        for room in VirtualRoom.allCases where room != .hall && room != .bathroom {
            let inside = air[room.rawValue].temperature
            if isSomebodyAwake, inside > 24, weather.temperature < inside - 1.5, weather.rain == 0 { windows[room.rawValue] = time + 300 }
        }
    }
}

/// What is done once a day, when it is time and somebody is there.
extension VirtualHome {
    private mutating func doChores(_ seconds: Int) {
        let isHome = stays.contains { $0.activity != .away }
        if isDue(.dishes, day.dishes, seconds), isHome { machines[Machine.dishwasher.rawValue].start() }
        if isDue(.laundry, day.laundry, seconds), isHome { machines[Machine.washer.rawValue].start() }
        if isDue(.kettle, 25_800, seconds), isHome { machines[Machine.kettle.rawValue].start() }
        if isDue(.vacuum, day.vacuum, seconds), vacuum.state == "docked" { vacuum.start() }
        if isDue(.post, day.post, seconds) { press(.doorbell, "ring") }
        if !done.contains(.blindsOpen), weather.elevation > 3, seconds > 21_600, stays.contains(where: { $0.activity != .sleep }) {
            done.insert(.blindsOpen)
            (blind.target, bedroomBlind.target) = (100, 100)
        }
        // Who sits there when it gets dark switches the light on, once: what is switched off afterwards stays off.
        if !done.contains(.dusk), weather.elevation < 1, seconds > 43_200 {
            done.insert(.dusk)
            for stay in stays { if let room = stay.room { enter(room, stay.activity) } }
        }
        // After cooking the window is opened.
        if stays.contains(where: { $0.activity == .eat }), oven > 120 { windows[VirtualRoom.kitchen.rawValue] = time + 300 }
    }

    private mutating func isDue(_ chore: Chore, _ start: Int?, _ seconds: Int) -> Bool {
        guard let start, seconds >= start, seconds < start + 300, !done.contains(chore) else { return false }
        done.insert(chore)
        return true
    }

    /// A button is pressed.
    package mutating func press(_ button: DemoButton, _ event: String) {
        presses[button] = ((presses[button]?.count ?? 0) + 1, event)
    }
}

/// What is pressed and says so.
package enum DemoButton: Int, Sendable, CaseIterable {
    case remote, doorbell
}
