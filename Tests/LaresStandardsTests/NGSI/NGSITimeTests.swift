import LaresStandards
import Testing

struct NGSITimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00.5Z", 951_825_600_500_000), ("2026-11-28T07:30:00+01:00", 1_795_847_400_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000), ("2026-11-28T06:30:00,000001Z", 1_795_847_400_000_001),
    ])
    func momentsAreRead(_ text: String, _ micros: Int) {
        #expect(NGSITime.micros(text) == micros)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
        "x",
    ])
    func whatIsNoMomentIsRefused(_ text: String) { #expect(NGSITime.micros(text) == nil) }

    @Test(arguments: [0, 951_825_600_500_000, -1, 1_795_847_400_000_001, -62_135_596_800_000_000, 253_402_300_799_999_999])
    func momentsAreWrittenSoThatTheyReadTheSame(_ micros: Int) { #expect(NGSITime.micros(NGSITime.text(micros)) == micros) }

    @Test(arguments: [("PT1H", 0, 3_600_000_000), ("P1D", 0, 86_400_000_000), ("P1Y2M", 14, 0), ("P1DT30M", 0, 88_200_000_000)])
    func durationsAreRead(_ text: String, _ months: Int, _ micros: Int) throws {
        let duration = try #require(NGSITime.duration(text))
        #expect(duration.months == months && duration.micros == micros)
    }

    @Test(arguments: [
        "", "P", "1H", "PT", "PT1D", "P1H", "bogus", "P999999999W", "P10001Y", "P99999Y99999Y99999Y",
        "P99999W99999W99999W99999W99999W99999W",
    ])
    func whatIsNoDurationIsRefused(_ text: String) { #expect(NGSITime.duration(text) == nil) }
}
