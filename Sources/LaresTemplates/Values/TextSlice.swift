/// Text seen as Python sees it: code points with places.
struct TextSlice {
    private let text: String
    private let isASCII: Bool
    private let render: Render

    init(_ text: String, _ render: Render) throws {
        self.text = text
        self.render = render
        try render.spend(text.utf8.count / 32)
        isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    }

    /// The number of code points.
    var count: Int { isASCII ? text.utf8.count : text.unicodeScalars.count }

    /// One character; a negative place counts from the end.
    func character(at place: Int) throws -> Value {
        let count = count
        let fromFront = place < 0 ? place + count : place
        guard fromFront >= 0, fromFront < count else { return .undefined("character \(place)") }
        return .string(part(from: fromFront, to: fromFront + 1))
    }

    func slice(_ start: Int?, _ end: Int?, _ step: Int) throws -> String {
        let places = slicePlaces(count: count, start, end, step)
        guard let first = places.first, let last = places.last else { return "" }
        if step == 1 { return part(from: first, to: last + 1) }
        try render.spend(text.utf8.count / 8)
        let scalars = Array(text.unicodeScalars)
        var out = String.UnicodeScalarView()
        for place in places { out.append(scalars[place]) }
        return String(out)
    }

    private func part(from start: Int, to end: Int) -> String {
        if isASCII {
            let bytes = text.utf8
            return String(text[bytes.index(bytes.startIndex, offsetBy: start)..<bytes.index(bytes.startIndex, offsetBy: end)])
        }
        let scalars = text.unicodeScalars
        let from = scalars.index(scalars.startIndex, offsetBy: start)
        return String(scalars[from..<scalars.index(from, offsetBy: end - start)])
    }
}
