import LaresTesting
import LaresThings
import Testing

/// Text in chunks, and text that is broken.
struct PointReaderTests {
    static let texts: [(PointFormat, String)] = [
        (.line, "air,station=7 no2=12.5,o3=\"x y\" 1764370800000000000\n# a\nair,quality=bad,unit=°F t=1i,ok=true\n\nbad\nair a=1"),
        (
            .jsonl,
            "{\"thing\":\"hall\",\"values\":{\"t\":1,\"u\":\"x\"},\"time\":5}\n{}\n{\"measurement\":\"a\",\"tags\":{\"b\":\"c\"},\"fields\":{\"d\":1}}\n"
        ),
        (.csv, "time,thing,property,value,unit,quality\r\n1,\"ha\"\"ll\",t,2,°C,good\r\n2,hall,t,x,,\r\n3,hall,,1,,\r\n"),
    ]

    @Test func aLineIsOfTheTimeAtWhichItBegan() throws {
        var (reader, vocabulary) = (try PointReader(.line, .milliseconds), Vocabulary())
        reader.append(Array("air no2=1\n".utf8), received: 1)
        reader.append(Array("air no2=2\nair".utf8), received: 2)
        var next = reader.next(&vocabulary)
        var piece = try #require(next)
        #expect(piece.points.count == 2 && piece.received(at: 0) == 1 && piece.received(at: 9) == 1 && piece.received(at: 10) == 2)
        reader.append(Array(" no2=3\n".utf8), received: 3)
        reader.append(Array("air no2=4\n".utf8), received: 3)
        next = reader.next(&vocabulary)
        piece = try #require(next)
        #expect(piece.points.count == 2 && piece.received(at: 0) == 2 && piece.received(at: 10) == 3)
        reader.append(Array("air no2=5\n".utf8), received: 3)
        next = reader.next(&vocabulary)
        piece = try #require(next)
        #expect(piece.points.count == 1 && piece.received(at: 0) == 3)
    }

    @Test(arguments: 0..<3, [1, 2, 3, 7, 40])
    func chunksMayEndAnywhere(_ which: Int, _ chunk: Int) throws {
        let (format, text) = Self.texts[which]
        #expect(try read(text, format, chunk: chunk) == read(text, format))
    }

    @Test(arguments: 0..<3)
    func brokenTextIsRefusedAndNothingElseHappens(_ which: Int) {
        let (format, text) = Self.texts[which]
        var random = Mutations(seed: UInt64(which) + 3, pieces: Mutations.announcements)
        for round in 0..<Mutations.inputs {
            let bytes = random.mutate(Array(text.utf8))
            guard let (points, _) = try? PlainPoint.read(bytes, format, chunk: round % 3 == 0 ? 17 : 4_096) else { continue }
            for point in points {
                guard case .number(let number) = point.value else { continue }
                if !number.isFinite || point.series.property.isEmpty || point.series.thing.isEmpty { Issue.record("\(point)") }
            }
        }
    }

    @Test func aLineThatIsTooLongIsPassedOverAndCounts() throws {
        let long = "air,x=" + String(repeating: "y", count: 70_000) + " a=1"
        for chunk in [1_000, 1 << 20] {
            #expect(
                try read("b a=1\n\(long)\nb a=2\nbad\n", .line, chunk: chunk) == ["b/a = 1", "b/a = 2", "2: line_too_long", "4: bad_line"])
        }
        #expect(try read(long, .line, chunk: 1_000) == ["1: line_too_long"])
    }

    @Test func manyPointsComeInPieces() throws {
        let text = (0..<50_000).map { "s\($0 % 300),a=b v=\($0)i \($0)000000" }.joined(separator: "\n")
        let (points, refusals) = try PlainPoint.read(Array(text.utf8), .line)
        #expect(points.count == 50_000 && refusals.isEmpty)
        #expect(points[49_999].short == "s199,a=b/v = 49999 @49999")
    }

    @Test(arguments: [
        "0", "1", "-1.5", "123456789012345678", "1234567890123456789012", "0.1", "3.14159265358979", "1e22", "1e23", "-2.5e-7", "5e-324",
        "1.7976931348623157e308", "9007199254740993", "0.30000000000000004", "1e-400",
    ])
    func numbersAreTheNearestDoubles(_ text: String) throws {
        let (points, _) = try PlainPoint.read(Array("a b=\(text)".utf8), .line)
        #expect(points.first?.value == .number(try #require(Double(text))))
    }
}
