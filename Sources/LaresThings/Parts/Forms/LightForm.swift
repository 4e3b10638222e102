internal import LaresJSON

/// The state of a light as one JSON object (Home Assistant's schema "json").
///
/// Lenient where versions differ: colours count with and without "color_mode", which decides where several are there.
struct LightForm: Sendable {
    let on: Int
    var brightness: NumberForm?
    var temperature: NumberForm?
    var color: Int?
    var effect: TextForm?
    var white: NumberForm?

    func reports(_ light: JSON.Members) throws(ThingsError) -> [Report] {
        var reports: [Report] = []
        switch light["state"] {
        case "ON": reports.append(Report(on, .boolean(true)))
        case "OFF": reports.append(Report(on, .boolean(false)))
        case .null: reports.append(Report(on, nil))
        default: break
        }
        try add(light["brightness"], brightness, to: &reports)
        if let effect, let given = light["effect"], given != .null { reports += try effect.reports(.value(given)) }
        try add(light["white"], white, to: &reports)
        try addColor(light, to: &reports)
        return reports
    }

    private func add(_ value: JSON?, _ form: NumberForm?, to reports: inout [Report]) throws(ThingsError) {
        guard let value, value != .null, let form else { return }
        reports += try form.reports(.value(value))
    }

    private func addColor(_ light: JSON.Members, to reports: inout [Report]) throws(ThingsError) {
        let mode = light["color_mode"]?.text
        if mode == nil || mode == "color_temp" { try add(light["color_temp"], temperature, to: &reports) }
        guard mode != "color_temp", let color, case .object(let parts)? = light["color"] else { return }
        let space = mode.flatMap(ColorSpace.init(rawValue:)) ?? Self.space(of: parts)
        guard let space, let value = space.color(space.members.map { parts[$0].flatMap(Conversions.number) ?? .nan }) else { return }
        reports.append(Report(color, .color(value)))
    }

    private static func space(of parts: JSON.Members) -> ColorSpace? {
        [ColorSpace.hs, .xy, .rgbww, .rgbw, .rgb].first { space in space.members.allSatisfy { parts[$0] != nil } }
    }
}

/// A colour whose three parts come from three templates (Home Assistant's schema "template").
struct LightParts: Sendable {
    let property: Int
    let red, green, blue: ValueTemplate

    func reports(of payload: inout Payload) throws(ThingsError) -> [Report] {
        var parts: [Double] = []
        for template in [red, green, blue] {
            guard let value = try template.value(of: &payload) else { return [] }
            if value == .null || value == "None" { return [Report(property, nil)] }
            guard let part = Conversions.number(value) else {
                throw ThingsError(.badValue, "\"\(value.pythonText.prefix(40))\" is no part of a colour")
            }
            parts.append(part)
        }
        return ColorSpace.rgb.color(parts).map { [Report(property, .color($0))] } ?? []
    }
}
