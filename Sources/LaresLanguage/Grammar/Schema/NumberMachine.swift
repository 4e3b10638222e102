/// Reads the digits of a number that is not negative and knows whether it is within bounds and a multiple.
///
/// Used to make automata: its states are few because the digits are forgotten once they are compared.
struct NumberMachine {
    enum Order: UInt8 {
        case less, equal, greater
    }

    struct State: Hashable {
        /// 0 nothing read, 1 a leading zero, 2 whole digits, 3 a point, 4 fraction digits.
        var phase: UInt8 = 0
        var whole: UInt8 = 0
        var fraction: UInt8 = 0
        var low = Order.equal
        var high = Order.equal
        var remainder: Int32 = 0
    }

    private struct Bound {
        var whole: [UInt8]
        var fraction: [UInt8]
        var isExcluded: Bool

        func digit(_ index: Int) -> UInt8 { index < whole.count ? whole[index] : 0 }
    }

    let start = State()
    let alphabet: [UInt8]
    private var low: Bound?
    private var high: Bound?
    private let isInteger: Bool
    /// Digits in all, so that a double keeps bounded numbers apart; whole numbers may be longer.
    private let mostDigits: Int
    private var unit: Int32 = 1
    /// Digits behind the point that a multiple may have; nil for any number.
    private var places: Int?

    init(_ shape: NumberShape) throws(GrammarError) {
        isInteger = shape.isInteger
        mostDigits = shape.isInteger ? NumberText.mostDigits : 15
        alphabet = Array(shape.isInteger ? "0123456789".utf8 : "0123456789.".utf8)
        if let value = shape.low, !value.isZero || shape.lowIsExcluded { low = try Self.bound(value, shape.lowIsExcluded, "minimum") }
        if let value = shape.high { high = try Self.bound(value, shape.highIsExcluded, "maximum") }
        if let whole = high?.whole.count, whole > NumberText.mostDigits { high = nil }
        try setMultiples(shape.multiples)
    }

    private static func bound(_ value: Decimal, _ isExcluded: Bool, _ keyword: String) throws(GrammarError) -> Bound {
        guard value.exponent <= 310, value.fractionDigits.count <= 15 else {
            throw GrammarError(.unsupported, keyword: keyword, "a bound of a number has more than 15 digits behind the point; round it")
        }
        return Bound(whole: value.wholeDigits, fraction: value.fractionDigits, isExcluded: isExcluded)
    }

    private mutating func setMultiples(_ multiples: [Decimal]) throws(GrammarError) {
        guard !multiples.isEmpty else { return }
        let places = multiples.map(\.fractionDigits.count).max() ?? 0
        self.places = places
        for multiple in multiples {
            let digits = multiple.wholeDigits + multiple.fractionDigits + Array(repeating: 0, count: places - multiple.fractionDigits.count)
            let value = digits.count <= 9 ? digits.reduce(Int32(0)) { $0 * 10 + Int32($1) } : 0
            guard value > 0, value <= 20_000, let joint = Self.leastCommonMultiple(unit, value), joint <= 20_000 else {
                throw GrammarError(.unsupported, keyword: "multipleOf", "'multipleOf' has more than 20,000 remainders; use a simpler step")
            }
            unit = joint
        }
    }

    private static func leastCommonMultiple(_ first: Int32, _ second: Int32) -> Int32? {
        var (a, b) = (first, second)
        while b != 0 { (a, b) = (b, a % b) }
        let (product, overflows) = (first / a).multipliedReportingOverflow(by: second)
        return overflows ? nil : product
    }

    func step(_ state: State, _ byte: UInt8) -> State? {
        if byte == 0x2E { return point(state) }
        let digit = byte - 0x30
        var next = state
        switch state.phase {
        case 0 where digit == 0:
            next.phase = 1
            return next
        case 0, 2:
            guard Int(state.whole) < mostDigits else { return nil }
            next.phase = 2
            readWhole(&next, digit)
            return isTooLarge(next) ? nil : next
        case 3, 4:
            guard Int(max(state.whole, 1)) + Int(state.fraction) < mostDigits, Int(state.fraction) < places ?? .max else { return nil }
            next.phase = 4
            readFraction(&next, digit)
            return next
        default: return nil
        }
    }

    private func readWhole(_ state: inout State, _ digit: UInt8) {
        let index = Int(state.whole)
        if let low, state.low == .equal, index < low.whole.count { state.low = Self.order(digit, low.whole[index]) }
        if let high, state.high == .equal, index < high.whole.count { state.high = Self.order(digit, high.whole[index]) }
        state.whole += 1
        state.remainder = (state.remainder * 10 + Int32(digit)) % unit
    }

    private func readFraction(_ state: inout State, _ digit: UInt8) {
        let index = Int(state.fraction)
        if let low, state.low == .equal { state.low = Self.order(digit, index < low.fraction.count ? low.fraction[index] : 0) }
        if let high, state.high == .equal { state.high = Self.order(digit, index < high.fraction.count ? high.fraction[index] : 0) }
        state.fraction += 1
        state.remainder = (state.remainder * 10 + Int32(digit)) % unit
    }

    private static func order(_ first: UInt8, _ second: UInt8) -> Order {
        first < second ? .less : first == second ? .equal : .greater
    }

    private func isTooLarge(_ state: State) -> Bool {
        guard let high else { return false }
        return Int(state.whole) > high.whole.count || Int(state.whole) == high.whole.count && state.high == .greater
    }

    private func point(_ state: State) -> State? {
        guard !isInteger, state.phase == 1 || state.phase == 2, places ?? .max > 0 else { return nil }
        var next = state
        next.phase = 3
        (next.low, next.high) = wholeOrders(state)
        if low != nil, next.low == .less { return nil }
        if high != nil, next.high == .greater { return nil }
        return next
    }

    /// How the whole digits compare, their number counted.
    private func wholeOrders(_ state: State) -> (Order, Order) {
        func order(_ bound: Bound?, _ digits: Order) -> Order {
            guard let bound else { return .equal }
            let count = Int(state.whole)
            return count == bound.whole.count ? digits : count < bound.whole.count ? .less : .greater
        }
        return (order(low, state.low), order(high, state.high))
    }

    func accepts(_ state: State) -> Bool {
        guard state.phase != 0, state.phase != 3 else { return false }
        let (lowOrder, highOrder) = state.phase == 4 ? (state.low, state.high) : wholeOrders(state)
        let read = Int(state.fraction)
        if let low {
            if lowOrder == .less { return false }
            if lowOrder == .equal, read < low.fraction.count || low.isExcluded { return false }
        }
        if let high {
            if highOrder == .greater { return false }
            if highOrder == .equal, read >= high.fraction.count, high.isExcluded { return false }
        }
        var remainder = state.remainder
        for _ in read..<max(read, places ?? 0) { remainder = remainder * 10 % unit }
        return remainder == 0
    }
}
