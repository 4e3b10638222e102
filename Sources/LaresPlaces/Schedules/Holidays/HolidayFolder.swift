internal import Foundation

/// Calendars of holidays as iCalendar files: "de-be" is the file `de-be.ics`. Those that come with Lares are there without a file; a file of the same
/// name counts in their place.
public struct HolidayFolder: Sendable {
    private let path: String
    private static let ending = ".ics"

    /// The most files that may be added.
    public static let most = 100

    /// The files of a folder.
    public init(_ path: String) { self.path = path }

    /// All calendars by name.
    ///
    /// - Parameter fault: Is told of a file that can't be read, which is left out, and why.
    /// - Throws: An error of the file system.
    public func calendars(_ fault: (_ file: String, ScheduleError) -> Void = { _, _ in }) throws -> [String: HolidayCalendar] {
        var calendars = HolidayCalendar.builtIn
        for file in try files() {
            guard let data = FileManager.default.contents(atPath: path + "/" + file) else { continue }
            do throws(ScheduleError) { calendars[name(of: file)] = try HolidayCalendar(iCalendar: Array(data)) } catch {
                fault(path + "/" + file, error)
            }
        }
        return calendars
    }

    private func name(of file: String) -> String { String(file.dropLast(Self.ending.count)) }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(Self.ending) && !$0.hasPrefix(".") }.sorted()
    }

    /// The calendars that have files.
    func names() throws -> [String] { try files().map(name(of:)) }

    /// What a calendar's file says; nil: there is none, or it can't be read.
    func bytes(of name: String) -> [UInt8]? { FileManager.default.contents(atPath: path + "/" + name + Self.ending).map { Array($0) } }

    /// Whether a calendar has a file.
    func has(_ name: String) throws -> Bool { try files().contains(name + Self.ending) }

    /// Writes a calendar's file, new or in the place of another.
    ///
    /// - Throws: ``ScheduleError`` with `full`; an error of the file system.
    func save(_ bytes: [UInt8], as name: String) throws {
        let files = try files()
        guard files.count < Self.most || files.contains(name + Self.ending) else {
            throw ScheduleError(.full, "there are \(Self.most) calendars of holidays already: remove one that nobody needs")
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name + Self.ending), options: .atomic)
    }

    /// Removes a calendar's file.
    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name + Self.ending) }
}
