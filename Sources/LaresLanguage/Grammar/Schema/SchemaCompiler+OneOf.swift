// `oneOf`: branches must not overlap, or the overlap must have a form that can be taken away.
extension SchemaCompiler {
    mutating func exclusiveUnion(_ value: Int) throws(GrammarError) -> NormalForm {
        var branches: [NormalForm] = []
        for part in try schemas("oneOf", value) { branches.append(try form(ofSchema: part)) }
        var result = NormalForm.never
        for (index, branch) in branches.enumerated() {
            var rest = branch
            for (other, form) in branches.enumerated() where other != index {
                guard let overlap = try overlap(rest, form) else { continue }
                do {
                    rest = try intersection(rest, try complement(overlap, value))
                } catch {
                    throw unsupported(
                        "oneOf", value,
                        "branches \(min(index, other)) and \(max(index, other)) may both hold; make them exclude each other or use 'anyOf'")
                }
            }
            result.formUnion(rest)
        }
        return result
    }

    /// The types of the second form in which it overlaps the first; nil if there are none.
    private mutating func overlap(_ first: NormalForm, _ second: NormalForm) throws(GrammarError) -> NormalForm? {
        let both = try intersection(first, second)
        var overlap = NormalForm.never
        (overlap.null, overlap.yes, overlap.no) = (both.null, both.yes, both.no)
        if !both.numbers.isEmpty { overlap.numbers = second.numbers }
        for shape in both.strings where try !isEmpty(shape) { overlap.strings = second.strings }
        for shape in both.arrays where try !isEmpty(shape, 4) { overlap.arrays = second.arrays }
        for shape in both.objects where try !isEmpty(shape, 4) { overlap.objects = second.objects }
        return overlap == .never ? nil : overlap
    }

    /// Whether nothing can satisfy the schemas together; false when that is not found within `depth` levels.
    private mutating func isEmpty(_ conjunction: Conjunction, _ depth: Int) throws(GrammarError) -> Bool {
        if isNever(conjunction) { return true }
        guard depth > 0, conjunction.count > 1 else { return false }
        emptinessChecks += 1
        guard emptinessChecks <= limits.shapes else {
            throw GrammarError(
                .tooLarge, keyword: "oneOf",
                "whether the branches exclude each other takes too long to find out; use 'anyOf' or a 'const' member")
        }
        let form: NormalForm
        do {
            form = try self.form(of: conjunction)
        } catch {
            if error.code == .badReference { return false }
            throw error
        }
        if form.null || form.yes || form.no || !form.numbers.isEmpty { return false }
        for shape in form.strings where try !isEmpty(shape) { return false }
        for shape in form.arrays where try !isEmpty(shape, depth - 1) { return false }
        for shape in form.objects where try !isEmpty(shape, depth - 1) { return false }
        return true
    }

    private mutating func isEmpty(_ shape: StringShape) throws(GrammarError) -> Bool {
        if let values = shape.values { return allowed(values, shape).isEmpty }
        return shape.automata.isEmpty ? false : try automaton(of: shape).isEmpty
    }

    private mutating func isEmpty(_ shape: ArrayShape, _ depth: Int) throws(GrammarError) -> Bool {
        for index in 0..<min(shape.minimum, shape.prefixCount + 1) where try isEmpty(shape.item(index), depth) { return true }
        return false
    }

    private mutating func isEmpty(_ shape: ObjectShape, _ depth: Int) throws(GrammarError) -> Bool {
        for name in shape.required where try isEmpty(member(name, of: shape), depth) { return true }
        return false
    }
}

extension SchemaCompiler {
    /// What a member of an object must be.
    func member(_ name: Name, of shape: ObjectShape) -> Conjunction {
        var all: Set<Int> = []
        for layer in shape.layers.map({ layers[$0] }) {
            var isNamed = false
            if let own = layer.members[name] {
                all.formUnion(own)
                isNamed = true
            }
            for (automaton, schema) in layer.patterns where automata[automaton].matches(name.text) {
                all.formUnion(schema)
                isNamed = true
            }
            if !isNamed { all.formUnion(layer.additional) }
        }
        return all.sorted()
    }

    /// The values of a list that a shape admits.
    func allowed(_ values: [Name], _ shape: StringShape) -> [Name] { values.filter { contains(shape, $0) } }

    private func contains(_ shape: StringShape, _ value: Name) -> Bool {
        let count = value.text.unicodeScalars.count
        if count < shape.minimum { return false }
        if let maximum = shape.maximum, count > maximum { return false }
        return shape.automata.allSatisfy { automata[$0].matches(value.text) }
    }

    /// The automaton of a shape of strings, with lengths that are not implied.
    func automaton(of shape: StringShape) throws(GrammarError) -> CharacterAutomaton {
        if let values = shape.values {
            return try CharacterAutomaton(texts: allowed(values, shape).map(\.text), limits: limits)
        }
        guard let first = shape.automata.first else {
            guard max(shape.minimum, shape.maximum ?? 0) <= limits.patternStates else {
                throw GrammarError(.tooLarge, "a length of more than \(limits.patternStates) can't be combined here")
            }
            return .length(shape.minimum, shape.maximum)
        }
        var result = automata[first]
        for other in shape.automata.dropFirst() { result = try result.combined(with: automata[other], limits: limits) { $0 && $1 } }
        guard shape.minimum > 0 || shape.maximum != nil, let lengths = result.lengths else { return result }
        let isLongEnough = lengths.shortest >= shape.minimum
        let isShortEnough = shape.maximum.map { maximum in lengths.longest.map { $0 <= maximum } ?? false } ?? true
        if isLongEnough, isShortEnough { return result }
        guard max(shape.minimum, shape.maximum ?? 0) <= limits.patternStates else {
            throw GrammarError(
                .tooLarge, "a pattern with a length of more than \(limits.patternStates) can't be combined; put the length into the pattern"
            )
        }
        return try result.minimised.combined(
            with: .length(isLongEnough ? 0 : shape.minimum, isShortEnough ? nil : shape.maximum), limits: limits
        ) { $0 && $1 }
    }
}
