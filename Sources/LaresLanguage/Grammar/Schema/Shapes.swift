/// A schema that must hold together with others: numbers of ``SchemaCompiler/Atom``s, sorted. None at all admits everything.
typealias Conjunction = [Int]

/// What a schema admits, type by type; within a type, any of the shapes.
struct NormalForm: Hashable {
    var null = false
    var yes = false
    var no = false
    var numbers: [NumberShape] = []
    var strings: [StringShape] = []
    var arrays: [ArrayShape] = []
    var objects: [ObjectShape] = []

    static let never = NormalForm()
    static let anything = NormalForm(
        null: true, yes: true, no: true, numbers: [NumberShape()], strings: [StringShape()], arrays: [ArrayShape()],
        objects: [ObjectShape()])

    mutating func formUnion(_ other: NormalForm) {
        null = null || other.null
        yes = yes || other.yes
        no = no || other.no
        for shape in other.numbers where !numbers.contains(shape) { numbers.append(shape) }
        for shape in other.strings where !strings.contains(shape) { strings.append(shape) }
        for shape in other.arrays where !arrays.contains(shape) { arrays.append(shape) }
        for shape in other.objects where !objects.contains(shape) { objects.append(shape) }
    }

    var shapeCount: Int { numbers.count + strings.count + arrays.count + objects.count }
}

/// Numbers within bounds.
struct NumberShape: Hashable {
    var isInteger = false
    var low: Decimal?
    var lowIsExcluded = false
    var high: Decimal?
    var highIsExcluded = false
    var multiples: [Decimal] = []
    /// Only these, if not nil.
    var values: [Decimal]?

    func contains(_ value: Decimal) -> Bool {
        if isInteger, !value.isInteger { return false }
        if let low, value < low || lowIsExcluded && value == low { return false }
        if let high, high < value || highIsExcluded && value == high { return false }
        if let values, !values.contains(value) { return false }
        return true
    }

    func intersection(_ other: NumberShape) -> NumberShape? {
        var result = self
        result.isInteger = isInteger || other.isInteger
        result.raise(other.low, other.lowIsExcluded)
        result.lower(other.high, other.highIsExcluded)
        for multiple in other.multiples where !result.multiples.contains(multiple) { result.multiples.append(multiple) }
        result.values = values ?? other.values
        result.values = result.values?.filter { result.contains($0) && other.contains($0) && contains($0) }
        return result.isEmpty ? nil : result
    }

    mutating func raise(_ bound: Decimal?, _ isExcluded: Bool) {
        guard let bound else { return }
        if let low, bound < low { return }
        lowIsExcluded = bound == low ? lowIsExcluded || isExcluded : isExcluded
        low = bound
    }

    mutating func lower(_ bound: Decimal?, _ isExcluded: Bool) {
        guard let bound else { return }
        if let high, high < bound { return }
        highIsExcluded = bound == high ? highIsExcluded || isExcluded : isExcluded
        high = bound
    }

    private var isEmpty: Bool {
        if let values, values.isEmpty { return true }
        guard let low, let high else { return false }
        return high < low || low == high && (lowIsExcluded || highIsExcluded)
    }
}

/// Strings of a length, of some patterns (numbers of automata), or of a list.
struct StringShape: Hashable {
    var minimum = 0
    var maximum: Int?
    var automata: [Int] = []
    var values: [Name]?
}

/// Arrays of a length; every layer says what its items are.
struct ArrayShape: Hashable {
    var layers: [Layer] = []
    var minimum = 0
    var maximum: Int?

    struct Layer: Hashable {
        var prefix: [Conjunction]
        var rest: Conjunction
    }

    func item(_ index: Int) -> Conjunction {
        Set(layers.flatMap { index < $0.prefix.count ? $0.prefix[index] : $0.rest }).sorted()
    }

    var prefixCount: Int { layers.map(\.prefix.count).max() ?? 0 }
}

/// Objects of a number of members; every layer (a number) says what their members are.
struct ObjectShape: Hashable {
    var layers: [Int] = []
    var required: [Name] = []
    var minimum = 0
    var maximum: Int?
    /// What the names must be.
    var names: Conjunction = []
}

/// `properties`, `patternProperties` and `additionalProperties` of one schema.
struct ObjectLayer {
    var names: [Name] = []
    var members: [Name: Conjunction] = [:]
    var patterns: [(automaton: Int, schema: Conjunction)] = []
    var additional: Conjunction = []
}
