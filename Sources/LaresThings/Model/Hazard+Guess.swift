/// What may be dangerous by its name, where the announcement doesn't say what it drives. Whoever owns the home says otherwise by ``Wording/hazards``.
extension Property {
    /// What of a thing its properties' dangers are guessed by.
    struct Tell: Hashable, Sendable {
        let name: String
        let category: ThingCategory
        /// Whether it is a cover that doesn't say what it covers.
        let isPlainCover: Bool

        init(name: String, category: ThingCategory, properties: [Property]) {
            (self.name, self.category) = (name, category)
            isPlainCover = category.description == "cover" && !properties.contains { $0.base == "state" && $0.quantity != nil }
        }
    }

    /// What setting it may do, judged by what it and its thing are called; nil: nothing that its name tells.
    func guessedHazard(of thing: Tell) -> Hazard? {
        guard isWritable, thing.isPlainCover || !Self.known.contains(thing.category.description) else { return nil }
        let letters = "\(thing.name) \(label ?? "") \(name)".lowercased().map { $0.isLetter ? $0 : " " }
        // Short words are looked for whole: a gateway is no gate.
        let words = " " + String(letters).split(separator: " ").joined(separator: " ") + " "
        guard !Self.lights.contains(where: words.contains) else { return nil }
        if Self.openers.contains(where: words.contains) {
            // Closing is never what a person must want.
            return thing.isPlainCover ? ["open", "position"].contains(base) ? .opens : nil : canOpen ? .opens : nil
        }
        return Self.heaters.contains(where: words.contains) && canHeat ? .heats : nil
    }

    /// Things of which it is known what they drive; switches, numbers, buttons, and devices with sensors beside them, can drive anything.
    /// A cover that doesn't say what it is may be a gate.
    private static let known: Set = [
        "lock", "alarm_control_panel", "cover", "valve", "water_heater", "light", "fan", "humidifier", "vacuum", "lawn_mower", "siren",
        "camera",
        "group",
    ]
    private static let lights = ["light", "lamp", "licht", "lampe", "灯"]
    private static let openers = [
        "garage", " gate ", " gates ", "door opener", "unlatch", "unlock", "buzzer", "permit join", "türöffner", "toröffner", "torantrieb",
        " tor ", "rolltor ", "hoftor ", "gartentor ", "einfahrtstor ", "einfahrtor ", "schiebetor ", "sektionaltor ", "schwingtor ",
        "drehtor ", "flügeltor ", "kipptor ", "车库", "大门", "门禁", "开门", "卷帘门", "道闸",
    ]
    private static let heaters = [" oven ", " stove ", " cooker ", " hob ", "cooktop", "backofen", " herd ", "烤箱", "炉", "灶"]

    private var canOpen: Bool {
        switch kind {
        case .boolean, .action: true
        default: false
        }
    }

    private var canHeat: Bool {
        switch kind {
        case .boolean, .action, .number, .choice: role == .primary
        default: false
        }
    }
}
