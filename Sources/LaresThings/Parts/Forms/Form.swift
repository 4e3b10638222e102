internal import LaresJSON

/// What one value of a message means for the properties of a part.
protocol Form: Sendable {
    /// Its reports; none where it says nothing about them. Throws ``ThingsError`` (`bad_value`) for what it can't be.
    func reports(_ reading: Content) throws(ThingsError) -> [Report]
    /// Whether it looks into objects, so that a message that is one is handed over as read already.
    var readsObjects: Bool { get }
}

extension Form {
    var readsObjects: Bool { false }
}

/// Where somebody is; whoever is anywhere but "home" is away.
struct WhereaboutsForm: Form {
    let place: TextForm
    let isHome: Int

    func reports(_ reading: Content) throws(ThingsError) -> [Report] {
        let reports = try place.reports(reading)
        return reports + reports.map { Report(isHome, $0.value.map { .boolean($0 == .text("home")) }) }
    }
}

/// Words that each mean something: "ON", "LOCKED", "heat". Words that aren't there say nothing.
struct WordsForm: Form {
    /// What each word reports.
    private(set) var meanings: [String: [Report]]

    /// Words with their meanings.
    init(_ meanings: [String: [Report]]) { self.meanings = meanings }

    /// True and false, and "None" for what isn't known.
    init(_ property: Int, on: String, off: String) {
        meanings = ["None": [Report(property, nil)], off: [Report(property, .boolean(false))]]
        meanings[on] = [Report(property, .boolean(true))]
    }

    /// Words that are themselves the values.
    init(_ property: Int, words: [String]) {
        meanings = ["None": [Report(property, nil)]]
        for word in words { meanings[word] = [Report(property, .text(word))] }
    }

    func reports(_ reading: Content) throws(ThingsError) -> [Report] {
        guard let word = reading.text else { throw ThingsError(.badValue, "the message is not UTF-8") }
        return meanings[word] ?? []
    }
}

/// A number.
struct NumberForm: Form {
    let property: Int
    /// What the device's number is multiplied with, after ``offset`` is taken away.
    var factor = 1.0
    var offset = 0.0
    /// Where it must lie afterwards; what lies outside is brought in.
    var bounds: ClosedRange<Double>?
    /// How it is turned around at last.
    var inversion: Inversion?
    /// Digits behind the point that are kept; nil: all.
    var places: Int?
    /// Whether zero says nothing, as lights mean it with a brightness.
    var ignoresZero = false
    /// The word for having no value.
    var none = "None"

    /// What is done with a number at last.
    enum Inversion { case mired }

    func reports(_ reading: Content) throws(ThingsError) -> [Report] {
        guard let number = reading.number else {
            if reading.isNone || reading.text == none { return [Report(property, nil)] }
            throw ThingsError(.badValue, "\"\(reading.text?.prefix(40) ?? "")\" is not a number")
        }
        if ignoresZero, number == 0 { return [] }
        return value(of: number).map { [Report(property, .number($0))] } ?? []
    }

    /// The property's number for the device's; nil where it has none.
    func value(of number: Double) -> Double? {
        var value = (number - offset) * factor
        guard value.isFinite else { return nil }
        if inversion == .mired {
            guard value > 0 else { return nil }
            value = (1_000_000 / value).rounded(.down)
        }
        if let bounds { value = min(max(value, bounds.lowerBound), bounds.upperBound) }
        if let places { value = Conversions.rounded(value, places: places) }
        return value
    }
}

/// A text as it is.
struct TextForm: Form {
    let property: Int
    var longest = 255
    /// Words for having none.
    var none: Set<String> = ["None"]
    /// Words that mean others.
    var meanings: [String: String] = [:]

    func reports(_ reading: Content) throws(ThingsError) -> [Report] {
        guard let text = reading.text else { throw ThingsError(.badValue, "the message is not UTF-8") }
        if none.contains(text) { return [Report(property, nil)] }
        return [Report(property, .text(meanings[text] ?? CleanText.text(text, limit: longest)))]
    }
}
