/// Who lives in the virtual home.
package enum Inhabitant: Int, Sendable, CaseIterable { case anna, ben }

/// What somebody does.
package enum Activity: Sendable, Hashable { case sleep, wash, eat, leave, away, work, cook, rest, watch, garden }

/// What somebody does from a moment on.
package struct Stay: Sendable, Hashable {
    /// Seconds since the day's 00:00 on the wall.
    package let start: Int
    /// Where; nil: not in the house.
    package let room: VirtualRoom?
    /// What.
    package let activity: Activity
}

/// A day of the people who live here: when they get up, work, cook, go out and sleep. Every day is another, and the same for a seed.
struct VirtualDay: Sendable {
    /// What each of them does, from 00:00 on.
    private(set) var stays: [[Stay]] = []
    /// When the dishwasher and the washing machine are started, the post comes and the vacuum cleaner runs, in seconds since 00:00; nil: not today.
    let dishes, laundry, post, vacuum: Int?

    private let chance: Chance
    private let day: Int
    private let isFree: Bool
    private let cook: Inhabitant

    /// - Parameter day: Days since 1970-01-01.
    init(_ day: Int, chance: Chance) {
        (self.chance, self.day) = (chance, day)
        let weekday = (day + 3).flooredDivision(by: 7).remainder
        isFree = weekday >= 5
        cook = chance.unit(.day, day, 1) < 0.5 ? .anna : .ben
        func at(_ key: Int, _ range: ClosedRange<Int>, if odds: Double) -> Int? {
            chance.unit(.day, day, key) < odds ? chance.number(.day, day, key + 100, in: range) : nil
        }
        dishes = at(2, 73_200...75_600, if: 0.8)
        laundry = at(3, isFree ? 36_000...43_200 : 63_600...66_000, if: weekday % 2 == 1 ? 0.9 : 0.15)
        post = weekday == 6 ? nil : at(4, 37_800...43_200, if: 0.85)
        vacuum = weekday % 2 == 0 ? 36_600 : nil
        stays = Inhabitant.allCases.map { person in isFree ? freeDay(person) : workday(person) }
    }

    /// What somebody does at a time of the day.
    func stay(of person: Inhabitant, at seconds: Int) -> Stay {
        let stays = stays[person.rawValue]
        return stays.last { $0.start <= seconds } ?? stays[0]
    }

    private func seconds(_ key: Int, _ person: Inhabitant?, _ range: ClosedRange<Int>) -> Int {
        chance.number(.day, day, key * 10 + (person?.rawValue ?? 5) + 1_000, in: range)
    }

    private func workday(_ person: Inhabitant) -> [Stay] {
        let wake = seconds(1, person, 22_800...25_500), eat = wake + seconds(2, person, 900...1_500)
        var stays = morning(wake, eat)
        let staysHome = chance.unit(.day, day, 20 + person.rawValue) < (person == .ben ? 0.45 : 0.2)
        let go = eat + seconds(3, person, 1_200...2_400), back = seconds(4, person, 61_200...64_800)
        if staysHome {
            let room: VirtualRoom = person == .ben ? .study : .living
            let lunch = seconds(5, person, 43_800...45_600)
            stays += [
                Stay(start: go, room: room, activity: .work), Stay(start: lunch, room: .kitchen, activity: .eat),
                Stay(start: lunch + 2_100, room: room, activity: .work), Stay(start: back, room: .living, activity: .rest),
            ]
        } else {
            stays += outing(go, back)
        }
        return stays + evening(person, bed: seconds(6, person, 79_800...82_800))
    }

    private func freeDay(_ person: Inhabitant) -> [Stay] {
        let wake = seconds(1, person, 28_800...33_300), eat = wake + seconds(2, person, 1_200...2_100)
        var stays = morning(wake, eat) + [Stay(start: eat + seconds(3, person, 2_400...3_000), room: .living, activity: .rest)]
        if chance.unit(.day, day, 30) < 0.6 {
            stays += outing(seconds(4, nil, 39_600...43_200) + 60 * person.rawValue, seconds(5, nil, 54_000...59_400))
        } else {
            let lunch = seconds(6, nil, 45_000...46_800)
            stays += [
                Stay(start: lunch, room: .kitchen, activity: .eat), Stay(start: lunch + 2_400, room: nil, activity: .garden),
                Stay(start: lunch + 2_400 + seconds(7, person, 2_400...6_000), room: .study, activity: .rest),
            ]
        }
        return stays + evening(person, bed: seconds(8, person, 82_200...85_200))
    }

    private func morning(_ wake: Int, _ eat: Int) -> [Stay] {
        [
            Stay(start: 0, room: .bedroom, activity: .sleep), Stay(start: wake, room: .bathroom, activity: .wash),
            Stay(start: eat, room: .kitchen, activity: .eat),
        ]
    }

    private func outing(_ go: Int, _ back: Int) -> [Stay] {
        [
            Stay(start: go, room: .hall, activity: .leave), Stay(start: go + 180, room: nil, activity: .away),
            Stay(start: back, room: .hall, activity: .leave), Stay(start: back + 150, room: .living, activity: .rest),
        ]
    }

    /// From the cooking on, which is past everything that a day can have before.
    private func evening(_ person: Inhabitant, bed: Int) -> [Stay] {
        let start = seconds(9, nil, 65_700...67_500)
        let cooking: [Stay] = person == cook ? [Stay(start: start, room: .kitchen, activity: .cook)] : []
        let watch = start + 4_200 + seconds(10, nil, 0...900)
        return cooking + [
            Stay(start: start + 2_400, room: .kitchen, activity: .eat), Stay(start: watch, room: .living, activity: .watch),
            Stay(start: bed - 600, room: .bathroom, activity: .wash), Stay(start: bed, room: .bedroom, activity: .sleep),
        ]
    }
}
