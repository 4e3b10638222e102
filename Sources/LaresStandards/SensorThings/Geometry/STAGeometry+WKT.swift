/// Well-known text (OGC 06-103r4, §7): `POINT(-117.05 51.05)`, `POLYGON((30 10, 10 20, 20 40, 30 10))`, and the rest but curves.
extension STAGeometry {
    /// A geometry of a text; nil for anything else, and for more than ``maximumPoints``. `SRID=4326;` in front is skipped.
    init?(wkt: some StringProtocol) {
        var reader = WKTReader(Array(wkt.utf8))
        guard let geometry = reader.geometry(depth: 0), reader.isAtEnd else { return nil }
        self = geometry
    }
}

private struct WKTReader {
    private let bytes: [UInt8]
    private var at = 0
    private var count = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.prefix(5).map(Self.upper).elementsEqual("SRID=".utf8) else { return }
        at = (bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count - 1) + 1
    }

    private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }

    private mutating func skip() { while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0A { at += 1 } }

    var isAtEnd: Bool { bytes[min(at, bytes.count)...].allSatisfy { $0 == 0x20 } }

    private mutating func take(_ byte: UInt8) -> Bool {
        skip()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func word() -> String {
        skip()
        let start = at
        while at < bytes.count, (0x41...0x5A).contains(Self.upper(bytes[at])) { at += 1 }
        return String(decoding: bytes[start..<at].map(Self.upper), as: UTF8.self)
    }

    mutating func geometry(depth: Int) -> STAGeometry? {
        guard depth < 8 else { return nil }
        let type = word()
        let mark = at
        if !["Z", "M", "ZM"].contains(word()) { at = mark }
        var geometry = STAGeometry()
        switch type {
        case "POINT":
            guard let point = list({ $0.point() }), point.count == 1 else { return nil }
            geometry.points = point
        case "MULTIPOINT":
            guard let points = list({ $0.bracketedPoint() }) else { return nil }
            geometry.points = points
        case "LINESTRING":
            guard let line = line(atLeast: 2) else { return nil }
            geometry.lines = [line]
        case "MULTILINESTRING":
            guard let lines = list({ $0.line(atLeast: 2) }) else { return nil }
            geometry.lines = lines
        case "POLYGON":
            guard let area = area() else { return nil }
            geometry.areas = [area]
        case "MULTIPOLYGON":
            guard let areas = list({ $0.area() }) else { return nil }
            geometry.areas = areas
        case "GEOMETRYCOLLECTION":
            guard let parts = list({ $0.geometry(depth: depth + 1) }) else { return nil }
            for part in parts { geometry.add(part) }
        default: return nil
        }
        return geometry
    }

    private mutating func list<T>(_ read: (inout WKTReader) -> T?) -> [T]? {
        guard take(UInt8(ascii: "(")) else { return nil }
        var elements: [T] = []
        repeat {
            guard let element = read(&self) else { return nil }
            elements.append(element)
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: ")")) ? elements : nil
    }

    private mutating func line(atLeast least: Int) -> [STAGeometry.Point]? {
        list { $0.point() }.flatMap { $0.count >= least ? $0 : nil }
    }

    private mutating func area() -> [[STAGeometry.Point]]? { list { $0.line(atLeast: 3) }?.map(STAGeometry.closed) }

    private mutating func bracketedPoint() -> STAGeometry.Point? {
        guard take(UInt8(ascii: "(")) else { return point() }
        let point = point()
        return take(UInt8(ascii: ")")) ? point : nil
    }

    private mutating func point() -> STAGeometry.Point? {
        guard let x = number(), let y = number() else { return nil }
        // Height and measure are left out.
        for _ in 0..<2 { _ = number() }
        count += 1
        return count <= STAGeometry.maximumPoints ? STAGeometry.Point(x: x, y: y) : nil
    }

    private mutating func number() -> Double? {
        skip()
        let start = at
        while at < bytes.count, at - start < 64, "+-.0123456789eE".utf8.contains(bytes[at]) { at += 1 }
        guard at > start, let value = Double(String(decoding: bytes[start..<at], as: UTF8.self)), value.isFinite else { return nil }
        return value
    }
}
