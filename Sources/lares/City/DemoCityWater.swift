import Foundation
import LaresJSON
import LaresPlaces

/// Has the water of the demonstration's homes watched, so that the pipe that bursts becomes an alarm.
extension DemoCityCommand {
    private static let watch = "demo-water"
    /// Readings that the watch learns from before it says anything; four times as many are looked back on.
    private static let learning = 1_200

    /// Gives the homes five days of water, since what is usual isn't known in less than three, and sets the watch. What can't be set isn't watched.
    func watchWater(_ count: Int) async {
        guard let homes = await homes(count), let first = homes.first else { return }
        var text = "time,thing,property,value\n"
        for (place, home) in homes.enumerated() {
            for one in DistrictHomes.pastFlow(of: place, until: .now) {
                text += "\(one.date.timeIntervalSince1970),\(home.id),\(home.flow),\(one.liters)\n"
            }
        }
        let connection = server.connection
        _ = try? await connection.send("POST", "/lares/v1/history.csv", Array(text.utf8), as: "text/csv")
        // What an earlier time taught of bursts is no use to this one.
        await unwatchWater()
        let area = first.id.split(separator: "/").dropLast().first
        let plan: JSON = [
            "id": .string(Self.watch), "things": .string(area.map { "\($0)/+" } ?? "#"), "properties": .string(first.flow), "kind": "flow",
            "severity": "critical", "learning": .int(Self.learning),
        ]
        _ = try? await connection.ask("POST", "/lares/v1/watches", plan)
    }

    /// Takes the watch away; its alarms are over by themselves.
    func unwatchWater() async { _ = try? await server.connection.ask("DELETE", "/lares/v1/watches/\(Self.watch)") }
}
