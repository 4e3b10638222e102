package import Foundation
import GRDB

/// How often PINs may be tried: for each person, and over all.
///
/// For one person five wrong tries in a row are free; then each wrong one makes the next wait, 30 s, 60 s … up to an hour. Over all
/// persons it is a bucket that holds twenty wrong tries and loses one every ten minutes, so that trying one PIN on many persons is slow too.
/// A try counts before the PIN is looked at: neither many at once nor a `kill -9` in between gains one.
package struct PINTries: Hashable {
    static let free = 5
    static let longest: TimeInterval = 3600
    static let bucket = 20.0
    static let leak: TimeInterval = 600

    /// Wrong tries in a row.
    var wrong = 0.0
    package var last = Date.distantPast
    /// Wrong tries in the bucket of all.
    package var level = 0.0
    package var lastOfAll = Date.distantPast

    /// Nobody tried.
    package init() {}

    /// Counts a try, or says how long nobody may try: at least a second, at most an hour or the bucket's time.
    package mutating func take(at now: Date) -> TimeInterval? {
        // A clock that was put back locks nobody out for longer than it should.
        (last, lastOfAll) = (min(last, now), min(lastOfAll, now))
        level = min(Self.bucket, max(0, level - now.timeIntervalSince(lastOfAll) / Self.leak))
        lastOfAll = now
        let wait = max(
            last.addingTimeInterval(Self.pause(after: wrong)).timeIntervalSince(now), (level + 1 - Self.bucket) * Self.leak)
        guard wait <= 0 else { return max(1, wait) }
        (wrong, level, last) = (wrong + 1, level + 1, now)
        return nil
    }

    /// The try that was counted was right.
    package mutating func forgive() { (wrong, level) = (0, max(0, level - 1)) }

    private static func pause(after wrong: Double) -> TimeInterval {
        wrong < Double(free) ? 0 : min(longest, 30 * pow(2, min(20, wrong - Double(free))))
    }
}

extension PINTries {
    private static let all = ""

    init(of who: String, _ database: Database) throws {
        func row(_ who: String) throws -> Row? { try Row.fetchOne(database, sql: "SELECT * FROM tries WHERE who = ?", arguments: [who]) }
        if let row = try row(who) { (wrong, last) = (row["wrong"], Date(timeIntervalSince1970: row["last"])) }
        if let row = try row(Self.all) { (level, lastOfAll) = (row["wrong"], Date(timeIntervalSince1970: row["last"])) }
    }

    /// Keeps them; names that are nobody's are kept for a day.
    func save(of who: String, _ database: Database) throws {
        for (who, count, last) in [(who, wrong, last), (Self.all, level, lastOfAll)] {
            try database.execute(
                sql: "INSERT OR REPLACE INTO tries (who, wrong, last) VALUES (?, ?, ?)",
                arguments: [who, count, max(0, last.timeIntervalSince1970)])
        }
        try database.execute(
            sql: "DELETE FROM tries WHERE who <> '' AND last < ? AND who NOT IN (SELECT id FROM people)",
            arguments: [lastOfAll.timeIntervalSince1970 - 86_400])
    }

    /// Forgets the tries of a person: they have another PIN now.
    static func forget(_ who: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM tries WHERE who = ?", arguments: [who])
    }
}
