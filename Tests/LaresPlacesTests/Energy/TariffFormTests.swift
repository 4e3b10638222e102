import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct TariffFormTests {
    private func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    @Test(arguments: [
        #"{"currency":"EUR","tariffs":[{"from":"2026-01-01","kind":"fixed","price":0.31,"feed_in":0.08,"standing":0.45}]}"#,
        #"{"currency":"CNY","tariffs":[{"from":"2025-01-01","kind":"time_of_use","blocks":[{"days":["sat","sun"],"from":"22:00","to":"06:00","holidays":{"days":"only","calendars":["cn"]},"price":0.3}],"otherwise":0.5,"feed_in":0,"standing":0}]}"#,
        #"{"currency":"NOK","tariffs":[{"from":"2026-01-01","kind":"hourly","factor":1.25,"surcharge":0.4,"otherwise":1,"feed_in":0,"standing":0}]}"#,
        #"{"currency":"EUR","tariffs":[]}"#,
    ])
    func tariffsAreReadAndWritten(text: String) throws {
        #expect(try TariffBook(json(text)).json.serialized == text)
    }

    @Test(arguments: [
        (#"{"currency": "eur", "tariffs": []}"#, "currency"),
        (#"{"currency": "EUR", "tariffs": [{"from": "2026-02-30", "price": 1}]}"#, "from"),
        (#"{"currency": "EUR", "tariffs": [{"from": "2026-01-01"}]}"#, "price"),
        (#"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "price": 1e9}]}"#, "price"),
        (#"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "price": 1, "feedin": 2}]}"#, "tariffs[0].feedin"),
        (#"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "price": 1}, {"from": "2026-01-01", "price": 2}]}"#, "tariffs"),
        (
            #"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "kind": "time_of_use", "otherwise": 1, "blocks": [{"from": "07:01", "to": "08:00", "price": 1}]}]}"#,
            "tariffs[0].blocks[0].from"
        ),
        (
            #"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "kind": "time_of_use", "otherwise": 1, "blocks": [{"from": "07:00", "price": 1}]}]}"#,
            "tariffs[0].blocks[0].from"
        ),
        (#"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "kind": "time_of_use"}]}"#, "otherwise"),
        (#"[]"#, "whole"),
    ])
    func whatCannotBeATariffIsRefusedWithItsPlace(text: String, place: String) {
        #expect { try TariffBook(json(text)) } throws: { error in
            (error as? EnergyError)?.code == .badTariff && (error as? EnergyError)?.message.contains(place) == true
        }
    }

    @Test func theTariffOfADayIsTheLastThatBegan() throws {
        let book = try TariffBook(
            json(#"{"currency": "EUR", "tariffs": [{"from": "2026-06-01", "price": 2}, {"from": "2026-01-01", "price": 1}]}"#))
        let prices = ["2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01", "2030-01-01"].map {
            CalendarDay($0).flatMap { book.tariff(on: $0)?.price }
        }
        #expect(prices == [nil, .fixed(1), .fixed(1), .fixed(2), .fixed(2)])
    }

    @Test func pricesByTheHourAreMergedAndWrittenAsRuns() throws {
        var prices = try HourlyPrices(json(#"{"prices": [{"from": "2026-11-28T23:00:00Z", "price": [0.1, 0.2, 0.3]}]}"#))
        prices.merge(
            try HourlyPrices(
                json(
                    #"{"prices": [{"from": "2026-11-29T01:00:00+01:00", "price": [0.5]}, {"from": "2026-11-29T05:00:00Z", "price": [-1]}]}"#
                )))
        #expect(
            prices.json.serialized
                == #"{"prices":[{"from":"2026-11-28T23:00:00Z","price":[0.1,0.5,0.3]},{"from":"2026-11-29T05:00:00Z","price":[-1]}]}"#)
        #expect(
            prices.price(at: Date(timeIntervalSince1970: 1_795_910_400)) == 0.5)
        #expect(prices.price(at: Date(timeIntervalSince1970: 1_795_917_600)) == nil)
    }

    @Test(arguments: [
        #"{"prices": [{"from": "2026-11-28T23:30:00Z", "price": [0.1]}]}"#, #"{"prices": [{"from": "2026-11-28", "price": [0.1]}]}"#,
        #"{"prices": [{"from": "2026-11-28T23:00:00Z", "price": ["a"]}]}"#, #"{"price": []}"#,
    ])
    func whatCannotBePricesIsRefused(text: String) {
        #expect { try HourlyPrices(json(text)) } throws: { ($0 as? EnergyError)?.code == .badPrices }
    }

    @Test func theOldestOfTooManyPricesAreDropped() throws {
        let run = JSON.array((0..<15_000).map { .int($0) })
        var prices = try HourlyPrices(["prices": [["from": "2024-01-01T00:00:00Z", "price": run]]])
        prices.merge(try HourlyPrices(["prices": [["from": "2026-01-01T00:00:00Z", "price": run]]]))
        #expect(prices.count == HourlyPrices.most)
        #expect(prices.price(at: Date(timeIntervalSince1970: 1_704_067_200)) == nil)
        #expect(prices.price(at: Date(timeIntervalSince1970: 1_767_225_600)) == 0)
    }
}
