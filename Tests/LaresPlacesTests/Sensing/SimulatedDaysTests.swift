import Foundation
import LaresPlaces
import LaresThings
import Testing

@Suite struct SimulatedDaysTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func faultsAreFoundAndOthersAreNot(_ seed: UInt64) throws {
        var days = try SimulatedDays(seed: seed)
        try days.play()
        let found = days.faults.count(where: \.isFound)
        let (recall, precision) = (
            Double(found) / Double(days.faults.count), 1 - Double(days.falseAlarms.count) / Double(max(1, days.alarms))
        )
        print("SimulatedDays: seed \(seed), recall \(recall) of \(days.faults.count), precision \(precision) of \(days.alarms)")
        #expect(recall >= 0.9, "missed: \(days.faults.filter { !$0.isFound })")
        #expect(precision >= 0.9, "false: \(days.falseAlarms)")
    }
}
