// Intersections and complements of normal forms.
extension SchemaCompiler {
    mutating func intersection(_ first: NormalForm, _ second: NormalForm) throws(GrammarError) -> NormalForm {
        if first == .anything { return second }
        if second == .anything { return first }
        var form = NormalForm.never
        form.null = first.null && second.null
        form.yes = first.yes && second.yes
        form.no = first.no && second.no
        form.numbers = try pairs(first.numbers, second.numbers) { $0.intersection($1) }
        form.strings = try pairs(first.strings, second.strings) { Self.intersection($0, $1) }
        form.arrays = try pairs(first.arrays, second.arrays) { Self.intersection($0, $1) }
        form.objects = try pairs(first.objects, second.objects) { Self.intersection($0, $1) }
        if form.objects.count > 1 { form.objects.removeAll { isClearlyEmpty($0) } }
        return form
    }

    /// Everything two lists of alternatives have in common. Throws `tooLarge` when that, or all of it so far, is too much.
    private mutating func pairs<Shape: Hashable>(
        _ first: [Shape], _ second: [Shape], _ both: (Shape, Shape) -> Shape?
    ) throws(GrammarError) -> [Shape] {
        pairCount += first.count * second.count
        guard pairCount <= limits.shapes else {
            throw GrammarError(
                .tooLarge, "the schema expands into too many alternatives; use fewer 'anyOf', 'oneOf' and 'not' inside each other")
        }
        var result: [Shape] = []
        var seen: Set<Shape> = []
        for one in first {
            for two in second {
                if let shape = both(one, two), seen.insert(shape).inserted { result.append(shape) }
            }
        }
        return result
    }

    private static func merge<T: Hashable>(_ first: [T], _ second: [T]) -> [T] {
        if first.isEmpty { return second }
        return first + second.filter { !first.contains($0) }
    }

    private static func smaller(_ first: Int?, _ second: Int?) -> Int? {
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }

    private static func intersection(_ first: StringShape, _ second: StringShape) -> StringShape? {
        var shape = first
        shape.minimum = max(first.minimum, second.minimum)
        shape.maximum = smaller(first.maximum, second.maximum)
        shape.automata = Set(first.automata + second.automata).sorted()
        shape.values = first.values ?? second.values
        if let other = second.values { shape.values = shape.values?.filter(other.contains) }
        if let maximum = shape.maximum, maximum < shape.minimum { return nil }
        return shape.values?.isEmpty == true ? nil : shape
    }

    private static func intersection(_ first: ArrayShape, _ second: ArrayShape) -> ArrayShape? {
        var shape = first
        shape.layers = merge(first.layers, second.layers)
        shape.minimum = max(first.minimum, second.minimum)
        shape.maximum = smaller(first.maximum, second.maximum)
        if let maximum = shape.maximum, maximum < shape.minimum { return nil }
        return shape
    }

    private static func intersection(_ first: ObjectShape, _ second: ObjectShape) -> ObjectShape? {
        var shape = first
        shape.layers = merge(first.layers, second.layers)
        shape.required = merge(first.required, second.required)
        shape.minimum = max(first.minimum, second.minimum)
        shape.maximum = smaller(first.maximum, second.maximum)
        shape.names = Set(first.names + second.names).sorted()
        if let maximum = shape.maximum, maximum < max(shape.minimum, shape.required.count) { return nil }
        return shape
    }

    /// A required member can't be anything; found without looking into references.
    private func isClearlyEmpty(_ shape: ObjectShape) -> Bool {
        shape.required.contains { name in
            shape.layers.contains { isNever(layers[$0].members[name] ?? []) }
        }
    }

    /// Everything a form does not admit. Throws `unsupported` where that has no form.
    mutating func complement(_ form: NormalForm, _ entry: Int) throws(GrammarError) -> NormalForm {
        var result = NormalForm(null: !form.null, yes: !form.yes, no: !form.no)
        result.numbers = [NumberShape()]
        for shape in form.numbers {
            result.numbers = try pairs(result.numbers, try complement(shape, entry)) { $0.intersection($1) }
        }
        var strings = StringShape()
        for shape in form.strings { strings.automata.append(try add(try automaton(of: shape).inverted)) }
        result.strings = form.strings.contains(StringShape()) ? [] : [strings]
        result.arrays = [ArrayShape()]
        for shape in form.arrays {
            result.arrays = try pairs(result.arrays, try complement(shape, entry)) { Self.intersection($0, $1) }
        }
        result.objects = [ObjectShape()]
        for shape in form.objects {
            result.objects = try pairs(result.objects, try complement(shape, entry)) { Self.intersection($0, $1) }
        }
        return result
    }

    private func complement(_ shape: NumberShape, _ entry: Int) throws(GrammarError) -> [NumberShape] {
        if shape == NumberShape() { return [] }
        if let values = shape.values, shape == NumberShape(values: values) { return Self.between(values.sorted()) }
        guard !shape.isInteger, shape.multiples.isEmpty, shape.values == nil else {
            throw unsupported("not", entry, "the numbers it leaves have no form; say what is allowed instead")
        }
        var parts: [NumberShape] = []
        if let low = shape.low { parts.append(NumberShape(high: low, highIsExcluded: !shape.lowIsExcluded)) }
        if let high = shape.high { parts.append(NumberShape(low: high, lowIsExcluded: !shape.highIsExcluded)) }
        return parts
    }

    /// The gaps between values.
    private static func between(_ values: [Decimal]) -> [NumberShape] {
        var gaps: [NumberShape] = []
        var gap = NumberShape()
        for value in values {
            gap.lower(value, true)
            gaps.append(gap)
            gap = NumberShape(low: value, lowIsExcluded: true)
        }
        return gaps + [gap]
    }

    private func complement(_ shape: ArrayShape, _ entry: Int) throws(GrammarError) -> [ArrayShape] {
        guard shape.layers.isEmpty else {
            throw unsupported("not", entry, "the arrays it leaves have no form; say what is allowed instead")
        }
        var parts: [ArrayShape] = []
        if shape.minimum > 0 { parts.append(ArrayShape(maximum: shape.minimum - 1)) }
        if let maximum = shape.maximum { parts.append(ArrayShape(minimum: maximum + 1)) }
        return parts
    }

    private mutating func complement(_ shape: ObjectShape, _ entry: Int) throws(GrammarError) -> [ObjectShape] {
        guard shape.minimum == 0, shape.maximum == nil, shape.names.isEmpty else {
            throw unsupported("not", entry, "the objects it leaves have no form; say what is allowed instead")
        }
        var parts = shape.required.map { lacking($0) }
        for layer in shape.layers.map({ layers[$0] }) {
            guard layer.patterns.isEmpty, layer.additional.isEmpty else {
                throw unsupported("not", entry, "the objects it leaves have no form; say what is allowed instead")
            }
            for name in layer.names {
                for atom in layer.members[name] ?? [] {
                    let other: Conjunction = atoms[atom] == .never ? [] : [number(of: .not(atom))]
                    parts.append(having(name, other))
                }
            }
        }
        return parts
    }

    /// Objects without a member.
    mutating func lacking(_ name: Name) -> ObjectShape {
        layers.append(ObjectLayer(names: [name], members: [name: [number(of: .never)]]))
        return ObjectShape(layers: [layers.count - 1])
    }

    /// Objects with a member that is so.
    mutating func having(_ name: Name, _ schema: Conjunction) -> ObjectShape {
        guard !schema.isEmpty else { return ObjectShape(required: [name]) }
        layers.append(ObjectLayer(names: [name], members: [name: schema]))
        return ObjectShape(layers: [layers.count - 1], required: [name])
    }

    mutating func dependencies(_ form: NormalForm, _ value: Int, _ keyword: String) throws(GrammarError) -> NormalForm {
        var form = form
        for (key, dependency) in try object(keyword, value) {
            let name = Name(key)
            var without = NormalForm.anything
            without.objects = [lacking(name)]
            var with = NormalForm.never
            with.objects = [ObjectShape(required: [name])]
            if case .array = text[dependency] {
                with.objects[0].required += try names(keyword, dependency).filter { $0 != name }
            } else {
                with = try intersection(with, try self.form(ofSchema: dependency))
            }
            without.formUnion(with)
            form = try intersection(form, without)
        }
        return form
    }
}
