import Foundation
import LaresPlaces
import LaresStore
import LaresThings
import Testing

/// Dashboards as they are kept.
struct DashboardStoreTests {
    private func withStore(_ body: (DashboardStore, LaresHome) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-dashboards-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let home = try LaresHome(path: folder)
        try body(try DashboardStore(home: home), home)
    }

    private func board(_ title: String = "District") throws -> Dashboard {
        let keys = [SeriesKey(thing: "air,station=7", property: "a/b"), SeriesKey(thing: "hall/meter", property: "power")]
        let panel = try #require(DashboardPanel(number: 1, kind: .chart, title: "<b>", span: .year, series: keys))
        return try #require(Dashboard(title: title, owner: "ada", isShared: false, panels: [panel]))
    }

    @Test func whatIsKeptComesBackAfterARestart() throws {
        try withStore { store, home in
            let number = try #require(try store.add(try board()))
            let again = try #require(try DashboardStore(home: home).dashboard(number))
            let panels = try board().panels
            #expect(again.number == number && again.panels == panels && again.owner == "ada" && !again.isShared)
            #expect(try store.all().map(\.number) == [number])
        }
    }

    @Test func changesAreOfWhatIsThereNow() throws {
        try withStore { store, _ in
            let number = try #require(try store.add(try board()))
            _ = try store.change(number) { $0.title = "North" }
            _ = try store.change(number) { $0.panels.removeAll() }
            #expect(try store.dashboard(number)?.title == "North")
            #expect(try store.change(number + 1) { $0.title = "x" } == nil)
            #expect(try store.remove(number) && !(try store.remove(number)))
            #expect(try store.add(try board()) == number + 1, "a number is never given again")
        }
    }

    @Test func whatCannotBeIsNoDashboard() {
        #expect(Dashboard(title: "", owner: "ada") == nil && Dashboard(title: String(repeating: "a", count: 101), owner: "ada") == nil)
        let key = SeriesKey(thing: "a", property: "b")
        #expect(DashboardPanel(number: 1, kind: .chart, series: [key, key]) == nil)
        #expect(DashboardPanel(number: 0, kind: .chart) == nil)
    }
}
