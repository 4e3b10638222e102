import Foundation
import LaresProcess
import Synchronization
import Testing

@Suite("Starting children")
struct ChildLaunchTests {
    /// A child that says where its output goes, and then everything that it has open.
    private static func child() -> Process {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sh")
        child.arguments = ["-c", "readlink /proc/$$/fd/1; for file in /proc/$$/fd/*; do readlink $file; done; exit 0"]
        (child.standardInput, child.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        return child
    }

    @Test func noneInheritsThePipeOfAnother() throws {
        let said: Mutex<[[String]]> = Mutex([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<25 {
                let child = Self.child()
                guard let output = try? ChildLaunch.start(child, reading: \.standardOutput), let data = try? output.readToEnd() else {
                    continue
                }
                child.waitUntilExit()
                said.withLock { $0.append(String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)) }
            }
        }
        let open = said.withLock { $0 }
        try #require(open.count == 200 && open.allSatisfy { $0.first?.hasPrefix("pipe:") == true })
        for child in open {
            #expect(open.count { $0.dropFirst().contains(child[0]) } == 1, "a pipe of one child is open in another")
        }
    }

    @Test func whatCantBeStartedIsAnError() {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/nonexistent")
        #expect(throws: (any Error).self) { try ChildLaunch.start(child, reading: \.standardError) }
    }
}
