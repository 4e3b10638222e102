internal import LaresJSON

/// What a device with Tasmota switches: relays, lights, shutters and its fan.
extension TasmotaDevice {
    /// Their parts.
    var outputs: [Part] {
        var relays = relays
        // Sonoff's iFan: a lamp that isn't dimmed.
        let isFanLamp = isFan && relays.first == 2
        if isFanLamp { relays[0] = 1 }
        var parts: [Part] = []
        for (place, use) in relays.enumerated() {
            switch use {
            case 1: parts.append(relay(place, isLamp: option("30") || (isFan && place == 0)))
            case 2: parts.append(lamp(place))
            default: break
            }
        }
        return parts + shutters + (isFan ? [fan] : [])
    }

    private func relay(_ place: Int, isLamp: Bool) -> Part {
        let kind = isLamp ? "light" : "switch"
        return part(
            "\(kind)_\(place + 1)", kind, name: outputName(kind, place), properties: [Property("on", .boolean, isWritable: true)],
            readers: readers(power(place, 0)),
            writers: [SwitchCommand(property: "on", publication: command("Power\(place + 1)"), on: words.on, off: words.off)])
    }

    private var fan: Part {
        var meanings: [String: [Report]] = [:]
        for speed in 0...3 {
            let percent = Conversions.rounded(Double(speed) * 100 / 3, places: 2)
            meanings["\(speed)"] = [Report(0, .boolean(speed > 0)), Report(1, .number(percent))]
        }
        let publication = command("FanSpeed")
        return part(
            "fan", "fan", name: nil,
            properties: [
                Property("on", .boolean, isWritable: true),
                Property("speed", .number(.init(least: 0, greatest: 100, step: 100 / 3.0)), unit: .percent, isWritable: true),
            ],
            readers: readers([("FanSpeed", WordsForm(meanings))]),
            writers: [
                NumberCommand(property: "speed", publication: publication, factor: 0.03, rounding: .up),
                // Switching on without a speed is the middle one, as Home Assistant has it.
                SwitchCommand(property: "on", publication: publication, on: "2", off: "0"),
            ])
    }

    // MARK: Shutters

    /// Every shutter has two relays beside each other.
    private var shutters: [Part] {
        var (parts, place): ([Part], Int) = ([], 0)
        while place + 1 < relays.count, parts.count < 16 {
            guard relays[place] == 3, relays[place + 1] == 3 else {
                place += 1
                continue
            }
            parts.append(shutter(parts.count))
            place += 2
        }
        return parts
    }

    private func shutter(_ number: Int) -> Part {
        let isInverted = number < shutterOptions.count && shutterOptions[number] > 0 && shutterOptions[number] & 1 == 1
        let tilt = number < shutterTilts.count && shutterTilts[number].count == 3 ? shutterTilts[number] : [0, 0, 0]
        let hasTilt = tilt[2] != 0 && tilt[0] != tilt[1]
        var properties = [
            Property("state", .choice(["open", "opening", "closed", "closing"])),
            Property("position", .number(.percent), unit: .percent, isWritable: true),
        ]
        var form = ShutterForm(state: 0, position: 1, isInverted: isInverted)
        if hasTilt {
            form.tilt = NumberForm(property: 2, factor: 100 / (tilt[1] - tilt[0]), offset: tilt[0], bounds: 0...100, places: 2)
            properties.append(Property("tilt", .number(.percent), unit: .percent, isWritable: true))
        }
        var writers: [any Command] = [
            NumberCommand(
                property: "position", publication: command("ShutterPosition\(number + 1)"), factor: isInverted ? -1 : 1,
                offset: isInverted ? 100 : 0,
                rounding: .nearest)
        ]
        if hasTilt {
            writers.append(
                NumberCommand(
                    property: "tilt", publication: command("ShutterTilt\(number + 1)"), factor: (tilt[1] - tilt[0]) / 100, offset: tilt[0],
                    rounding: .nearest))
        }
        for (name, word) in [("open", "ShutterOpen"), ("close", "ShutterClose"), ("stop", "ShutterStop")] {
            properties.append(Property(name, .action, isReported: false, isWritable: true))
            writers.append(ActionCommand(property: name, publication: command("\(word)\(number + 1)"), word: ""))
        }
        let path = TemplatePath.Step.member("Shutter\(number + 1)")
        let readers =
            [result, sensors].map { Reader($0, .value(ValueTemplate(path: [path]), form)) }
            + [Reader(askedSensors, .value(ValueTemplate(path: [.member("StatusSNS"), path]), form))]
        return part(
            "cover_\(number + 1)", "cover", name: "cover \(number + 1)", properties: properties, readers: readers, writers: writers)
    }
}

/// Where a shutter is and where it goes: `{"Position": 40, "Direction": -1, "Target": 0, "Tilt": 0}`.
private struct ShutterForm: Form {
    let state: Int
    let position: Int
    let isInverted: Bool
    var tilt: NumberForm?

    func reports(_ reading: Reading) throws(ThingsError) -> [Report] {
        guard let members = reading.members else { return [] }
        var reports: [Report] = []
        let place = members["Position"]?.number.map { isInverted ? 100 - $0 : $0 }.flatMap { (0...100).contains($0) ? $0 : nil }
        if let place { reports.append(Report(position, .number(place))) }
        let direction = members["Direction"]?.number.map { isInverted ? -$0 : $0 } ?? 0
        let word: String? = direction > 0 ? "opening" : direction < 0 ? "closing" : place.map { $0 == 0 ? "closed" : "open" }
        if let word { reports.append(Report(state, .text(word))) }
        if let tilt, let slats = members["Tilt"] { reports += try tilt.reports(.value(slats)) }
        return reports
    }
}
