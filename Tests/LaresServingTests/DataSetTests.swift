import Foundation
import LaresNeural
import LaresServing
import LaresStore
import Testing

/// Data sets: there whole or not at all.
struct DataSetTests {
    private func home() throws -> LaresHome {
        try LaresHome(path: FileManager.default.temporaryDirectory.appending(path: "lares-data-\(UUID().uuidString)").path)
    }

    private func send(_ text: String, named name: String = "d.csv", limit: Int = 1_000, to sets: DataSets) throws -> DataSet {
        var upload = try sets.begin(name, by: "maria", limit: limit)
        do {
            for piece in stride(from: 0, to: text.utf8.count, by: 7) { try upload.append(Array(text.utf8.dropFirst(piece).prefix(7))) }
            return try upload.finish()
        } catch {
            upload.discard()
            throw error
        }
    }

    @Test func whatWasSentIsReadBackFromTheDisk() throws {
        let home = try home(), sets = try DataSets(home: home)
        let set = try send("a,b\n1,x\n2,y\n", named: "/home/maria/my \u{7}data.csv", to: sets)
        #expect(set.name == "my data.csv" && set.by == "maria" && set.bytes == 12 && set.summary.table?.rows == 2)
        #expect(try String(contentsOfFile: sets.rows(of: set), encoding: .utf8) == "a,b\n1,x\n2,y\n")
        let again = try DataSets(home: home)
        #expect(again.all().map(\.id) == [set.id] && again.all().first?.summary == set.summary)
        #expect(again.all().first?.digest == Digest(of: Data("a,b\n1,x\n2,y\n".utf8)).description)
        _ = try again.remove(set.id)
        #expect(try again.all().isEmpty && (FileManager.default.contentsOfDirectory(atPath: home.file("data")).isEmpty))
    }

    @Test func aTextIsKeptForWhatItIs() throws {
        let sets = try DataSets(home: home())
        #expect(try send("one \"quote\n\nand, more", named: "t.TXT", to: sets).summary == .text(lines: 3, isPairs: false))
        #expect(try send("a\tb\nc\td\n", named: "t.txt", to: sets).summary == .text(lines: 2, isPairs: true))
        #expect(try send("a\tb\nc\td\n", named: "t.tsv", to: sets).summary.table?.rows == 1)
        #expect(sets.all().filter { $0.summary.table == nil }.count == 2, "read back from the disk as they were")
        for (text, reason) in [("", "is empty"), ("a\u{0}b", "zero byte")] {
            let error = #expect(throws: JobError.self) { try send(text, named: "t.txt", to: sets) }
            #expect(error?.code == .badData && error?.message.contains(reason) == true)
        }
        var forced = try sets.begin("t.tsv", as: .text, by: "maria", limit: 100)
        try forced.append(Array("a\ta\nb\n".utf8))
        #expect(try forced.finish().summary == .text(lines: 2, isPairs: false))
    }

    @Test(arguments: [
        ("", JobError.Code.badData, "is empty"), ("a,b\n1\n", .badData, "line 2 has 1 fields"), ("a,b\n", .badData, "has no rows"),
        (String(repeating: "a,b\n", count: 300), .tooLarge, "more than 1000 bytes"),
    ])
    func whatIsNoTableOrTooLargeLeavesNothingBehind(text: String, code: JobError.Code, reason: String) throws {
        let home = try home(), sets = try DataSets(home: home)
        let error = #expect(throws: JobError.self) { try send(text, to: sets) }
        #expect(error?.code == code && error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("'d.csv'") == true, "people know the file by its own name")
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.file("data")).isEmpty)
    }

    @Test func whatAServerThatEndedLeftUnfinishedIsSweptAway() throws {
        let home = try home()
        _ = try DataSets(home: home).begin("d.csv", by: "maria", limit: 10)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.file("data")).count == 1)
        _ = try DataSets(home: home)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.file("data")).isEmpty)
    }

    @Test(arguments: ["", "../jobs", "0123456789abcdeg", "0123456789ABCDEF", "0123456789abcdef", ".", "0123456789abcde/"])
    func anIdThatIsNoneIsNotFound(id: String) throws {
        let sets = try DataSets(home: home())
        let error = #expect(throws: JobError.self) { try sets.find(id) }
        #expect(error?.code == .noSuchData)
        #expect(throws: JobError.self) { try sets.remove(id) }
    }

    @Test func anAboutThatIsDamagedIsLeftOut() throws {
        let home = try home(), sets = try DataSets(home: home)
        let set = try send("a\n1\n", to: sets)
        try Data("{".utf8).write(to: URL(fileURLWithPath: home.file("data") + "/\(set.id)/about.json"))
        #expect(sets.all().isEmpty)
    }
}
