internal import LaresJSON
internal import LaresTemplates

/// A light with a topic for each thing that can be set (Home Assistant's schema "basic"): colour, brightness, temperature, effect and white in
/// this order, and the word for on first, last, or left to the brightness.
struct BasicLightCommand: Command {
    /// When the word for on is sent.
    enum Order: String { case first, last, brightness }

    let power: Publication
    let words: (on: String, off: String)
    let properties: [String]
    var order = Order.last
    var scales = LightScales()
    var brightness: Publication?
    var temperature: Publication?
    var effect: Publication?
    var white: Publication?
    var color: (space: ColorSpace, publication: Publication)?

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        guard setting.turnsOn else { return [try power.message(.string(words.off))] }
        var messages: [MQTTMessage] = []
        if let color, let wanted = colorAsked(setting, known) { messages.append(try message(wanted, setting, known, by: color)) }
        if let brightness, let percent = percentAsked(setting, known) {
            messages.append(try brightness.message(.int(scales.brightness(percent))))
        }
        if let temperature, let kelvin = setting["color_temp"]?.number {
            messages.append(try temperature.message(.int(scales.temperature(kelvin))))
        }
        if let effect, let name = setting["effect"]?.text { messages.append(try effect.message(.string(name))) }
        if let white, let percent = setting["white"]?.number { messages.append(try white.message(.int(scales.white(percent)))) }
        switch order {
        case .first: messages.insert(try power.message(.string(words.on)), at: 0)
        case .last: messages.append(try power.message(.string(words.on)))
        case .brightness: if brightness == nil { messages.append(try power.message(.string(words.on))) }
        }
        return messages
    }

    /// The colour to send: the one asked for; where the brightness has no topic, the present one at the brightness asked for.
    private func colorAsked(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) -> Color? {
        if let color = setting["color"]?.color { return color }
        guard brightness == nil, setting["brightness"] != nil else { return nil }
        return known["color"]?.color ?? Color(hue: 0, saturation: 0)
    }

    private func percentAsked(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) -> Double? {
        if let percent = setting["brightness"]?.number { return percent }
        guard order == .brightness, setting["white"] == nil else { return nil }
        return known["brightness"]?.number.flatMap { $0 > 0 ? $0 : nil } ?? 100
    }

    private func message(
        _ wanted: Color, _ setting: [String: PropertyValue], _ known: [String: PropertyValue],
        by color: (space: ColorSpace, publication: Publication)
    ) throws(ThingsError) -> MQTTMessage {
        let dimmed = color.space.isLight && brightness == nil ? setting.brightness(knowing: known) : 1
        let numbers = color.space.numbers(wanted, brightness: dimmed)
        var names: [String: TemplateValue] = [:]
        for (name, number) in zip(color.space.names, numbers) { names[name] = TemplateValue(number) }
        return try color.publication.message(.string(numbers.map(\.pythonText).joined(separator: ",")), names)
    }
}
