import LaresServer
import Testing

struct FileLimitTests {
    @Test(arguments: [(4_096, 1_048_576, 4_096), (4_096, 1_024, 768), (4_096, 300, 150), (100, 1_024, 100), (100, 1, 1)])
    func connectionsLeaveRoomForOtherFiles(wanted: Int, files: Int, connections: Int) {
        #expect(FileLimit.fitting(wanted, within: files) == connections)
    }
}
