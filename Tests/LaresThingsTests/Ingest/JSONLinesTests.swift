import LaresTesting
import LaresThings
import Testing

/// Lines that are JSON objects, by the fast way and by the parser.
struct JSONLinesTests {
    @Test(arguments: [
        (#"{"thing":"hall","property":"temperature","value":21.5,"time":1764370800}"#, ["hall/temperature = 21.5 @1764370800000"]),
        (#" { "thing" : "hall" , "property":"on", "value" : true } "#, ["hall/on = 1"]),
        (#"{"thing":"hall","property":"mode","value":"auto","time":"2025-11-28T23:00:00Z"}"#, ["hall/mode = 'auto' @1764370800000"]),
        (
            #"{"thing":"hall","values":{"temperature":21.5,"humidity":40,"gone":null},"time":1.5}"#,
            ["hall/temperature = 21.5 @1500", "hall/humidity = 40 @1500"]
        ),
        (#"{"thing":"hall","property":"t","value":50,"unit":"°F","quality":"bad"}"#, ["hall/t = 50 [°F] bad"]),
        (#"{"thing":"air,station=7,kind=a","property":"no2","value":1}"#, ["air,kind=a,station=7/no2 = 1"]),
        (
            #"{"measurement":"air","tags":{"station":"7 b"},"fields":{"no2":1,"o3":2},"time":2}"#,
            [#"air,station=7\ b/no2 = 1 @2000"#, #"air,station=7\ b/o3 = 2 @2000"#]
        ),
        (#"{"thing":"h\u0061ll","property":"a\"b","value":"c\nd"}"#, ["hall/a\"b = 'c\nd'"]),
        (#"{"thing":"hall","property":"t","value":1e2,"time":"2025-11-28T23:00:00.5+01:00"}"#, ["hall/t = 100 @1764367200500"]),
        // Unknown members say nothing.
        (#"{"thing":"hall","property":"t","value":1,"note":[1,2]}"#, ["hall/t = 1"]),
    ])
    func linesMeanTheirMembers(_ text: String, _ points: [String]) throws { #expect(try read(text, .jsonl) == points) }

    @Test(arguments: [
        ("{", "bad_line"), ("[1]", "bad_line"), ("{}", "bad_line"), ("nope", "bad_line"), (#"{"thing":"a","property":"b"}"#, "bad_line"),
        (#"{"thing":"a","value":1}"#, "bad_line"), (#"{"property":"a","value":1}"#, "bad_line"),
        (#"{"thing":"a","property":"b","value":01}"#, "bad_line"),
        (#"{"thing":"a","property":"b","value":1e999}"#, "bad_value"), (#"{"thing":"a","property":"b","value":NaN}"#, "bad_line"),
        (#"{"thing":"a","property":"b","value":[1]}"#, "bad_value"),
        (#"{"thing":"a","property":"b","value":1,"time":"yesterday"}"#, "bad_time"),
        (#"{"thing":"a","property":"b","value":1,"time":"2025-02-29T00:00:00Z"}"#, "bad_time"),
        (#"{"thing":"a","property":"b","value":1,"quality":"fine"}"#, "bad_quality"),
        (#"{"thing":"","property":"b","value":1}"#, "bad_name"),
        (#"{"thing":"a","property":"b","value":1,"unit":7}"#, "bad_line"), (#"{"thing":"a","property":"b","value":1}}"#, "bad_line"),
        (#"{"measurement":"a","tags":{"x":1},"fields":{"b":1}}"#, "bad_line"),
    ])
    func whatIsMalformedIsRefusedWithItsReason(_ text: String, _ code: String) throws {
        #expect(try read(text, .jsonl) == ["1: \(code)"])
    }

    @Test func bothWaysOfReadingAgree() throws {
        var random = Mutations(seed: 11, pieces: Mutations.announcements)
        let seeds = [
            #"{"thing":"hall","property":"t","value":-21.5e0,"time":1764370800.25,"unit":"°F","quality":"suspect"}"#,
            #"{"thing":"hall","values":{"t":1,"u":"x","v":true,"w":null},"time":"2025-11-28T23:00:00Z"}"#,
        ].map { Array($0.utf8) }
        for round in 0..<min(Mutations.inputs, 50_000) {
            let line = random.mutate(seeds[round % 2]).filter { $0 != 0x0A && $0 != 0x0D }
            guard line.first == UInt8(ascii: "{") else { continue }
            // A member that nobody knows sends it the long way.
            let slow = Array(#"{"?":[0],"#.utf8) + line.dropFirst()
            let (a, b) = (try PlainPoint.read(line, .jsonl), try PlainPoint.read(slow, .jsonl))
            if a.refusals.isEmpty { #expect(a.points == b.points, "\(String(decoding: line, as: UTF8.self))") }
        }
    }
}
