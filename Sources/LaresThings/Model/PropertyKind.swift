internal import Foundation

/// What values a property takes.
public enum PropertyKind: Hashable, Sendable {
    /// True or false.
    case boolean
    /// A number.
    case number(NumberRange)
    /// One of some words.
    case choice([String])
    /// A text of up to so many characters.
    case text(longest: Int)
    /// A colour.
    case color
    /// Nothing to know: setting it to true makes something happen once.
    case action

    /// Where numbers lie.
    public struct NumberRange: Hashable, Sendable {
        /// The least; nil: any.
        public let least: Double?
        /// The greatest; nil: any.
        public let greatest: Double?
        /// What a device can tell apart; nil: everything.
        public let step: Double?

        /// A range. Bounds that aren't finite or lie the wrong way round, and steps that aren't positive, are left out.
        public init(least: Double? = nil, greatest: Double? = nil, step: Double? = nil) {
            let finite = (least?.isFinite ?? true) && (greatest?.isFinite ?? true) && (least ?? -.infinity) <= (greatest ?? .infinity)
            self.least = finite ? least : nil
            self.greatest = finite ? greatest : nil
            self.step = step.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        }

        /// Any number.
        public static let any = NumberRange()
        /// 0 to 100.
        public static let percent = NumberRange(least: 0, greatest: 100)
    }
}

extension PropertyKind {
    /// Why a value can't be one of the property's, in words that follow "must"; nil if it can.
    public func objection(to value: PropertyValue) -> String? {
        switch (self, value) {
        case (.boolean, .boolean), (.color, .color), (.action, .boolean(true)): nil
        case (.number(let range), .number(let number)): range.objection(to: number)
        case (.choice(let words), .text(let word)): words.contains(word) ? nil : "be one of \(words.joined(separator: ", "))"
        case (.text(let longest), .text(let text)): text.count <= longest ? nil : "have at most \(longest) characters"
        case (.boolean, _): "be true or false"
        case (.number, _): "be a number"
        case (.choice, _), (.text, _): "be a text"
        case (.color, _): "be a colour"
        case (.action, _): "be true"
        }
    }

    /// Whether a device that was asked for one value and reports another did what it was asked: within half of what it can tell apart. One that
    /// rounds up or down is believed within less than a whole step, if it went the right way.
    ///
    /// - Parameter before: What it reported when it was asked; nil: unknown, or it hasn't reported since.
    public func agrees(_ reported: PropertyValue, with desired: PropertyValue, from before: PropertyValue? = nil) -> Bool {
        switch (self, reported, desired) {
        case (.number(let range), .number(let a), .number(let b)):
            range.agrees(a, with: b, from: before?.number)
        case (.color, .color(let a), .color(let b)): a.isClose(to: b)
        default: reported == desired
        }
    }
}

extension PropertyKind.NumberRange {
    fileprivate func agrees(_ reported: Double, with desired: Double, from before: Double?) -> Bool {
        let distance = abs(reported - desired), step = step ?? 0
        if distance <= max(step / 2, 1e-9 * max(abs(reported), abs(desired)), 1e-9) { return true }
        return before.map { distance < step && (reported - $0) * (desired - $0) > 0 } ?? false
    }

    fileprivate func objection(to number: Double) -> String? {
        if !number.isFinite { return "be a finite number" }
        if let least, number < least { return "be at least \(Self.text(least))" }
        if let greatest, number > greatest { return "be at most \(Self.text(greatest))" }
        return nil
    }

    private static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}

extension Color {
    /// Whether two colours look the same on a lamp: within 0.03 in each coordinate of the chromaticity diagram.
    fileprivate func isClose(to other: Color) -> Bool { abs(xy.x - other.xy.x) < 0.03 && abs(xy.y - other.xy.y) < 0.03 }
}
