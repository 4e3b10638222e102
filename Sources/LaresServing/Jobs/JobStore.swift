import Foundation
import GRDB
import LaresJSON
import LaresStore

/// All jobs, in `jobs.db`.
struct JobStore: Sendable {
    private let pool: DatabasePool

    init(home: LaresHome) throws { pool = try Self.schema.open(at: home.file("jobs.db")) }

    private static let schema = StoreSchema(
        name: "jobs",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE jobs (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            id TEXT NOT NULL UNIQUE,
                            state TEXT NOT NULL,
                            created REAL NOT NULL,
                            ended REAL,
                            attempts INTEGER NOT NULL,
                            recipe TEXT NOT NULL,
                            progress TEXT NOT NULL,
                            message TEXT,
                            card TEXT NOT NULL
                        ) STRICT;
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        ALTER TABLE jobs ADD COLUMN owner TEXT;
                        ALTER TABLE jobs ADD COLUMN data_set TEXT;
                        ALTER TABLE jobs ADD COLUMN curve TEXT NOT NULL DEFAULT '{}';
                        ALTER TABLE jobs ADD COLUMN log TEXT NOT NULL DEFAULT '[]';
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        ALTER TABLE jobs ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
                        ALTER TABLE jobs ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        ALTER TABLE jobs ADD COLUMN vain_attempts INTEGER NOT NULL DEFAULT 0;
                        ALTER TABLE jobs ADD COLUMN first_step INTEGER NOT NULL DEFAULT 0;
                        """)
            },
        ])

    /// Newest first.
    func all() throws -> [Job] {
        try pool.read { try Row.fetchAll($0, sql: "SELECT * FROM jobs ORDER BY number DESC LIMIT 1000").map(job) }
    }

    /// The newest, without cards, curves and logs, which may be long.
    func newest(_ count: Int) throws -> [Job] {
        let sql = """
            SELECT id, state, created, ended, owner, attempts, vain_attempts, first_step, limits, spent, recipe, data_set, progress,
            message, 'null' AS card, '{}' AS curve, '[]' AS log FROM jobs ORDER BY number DESC LIMIT ?
            """
        return try pool.read { try Row.fetchAll($0, sql: sql, arguments: [count]).map(job) }
    }

    func find(_ id: String) throws -> Job? {
        try pool.read { try Row.fetchOne($0, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [id]).map(job) }
    }

    /// The oldest that waits.
    func next() throws -> Job? {
        try pool.read { try Row.fetchOne($0, sql: "SELECT * FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1").map(job) }
    }

    /// How many there are of each state.
    func counts() throws -> [Job.State: Int] {
        let rows = try pool.read { try Row.fetchAll($0, sql: "SELECT state, COUNT(*) AS count FROM jobs GROUP BY state") }
        return Dictionary(rows.compactMap { row in Job.State(rawValue: row["state"]).map { ($0, row["count"]) } }) { $1 }
    }

    func insert(_ job: Job) throws {
        try pool.write {
            try $0.execute(
                sql: """
                    INSERT INTO jobs (id, state, created, owner, attempts, limits, recipe, data_set, progress, card, log)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    job.id, job.state.rawValue, job.created.timeIntervalSince1970, job.by, job.attempts, job.limits.json.serialized,
                    job.recipe.serialized, job.dataSet, job.progress.serialized, job.card.serialized, log(job),
                ])
        }
    }

    func update(_ job: Job) throws {
        try pool.write {
            try $0.execute(
                sql: """
                    UPDATE jobs SET state = ?, ended = ?, attempts = ?, vain_attempts = ?, first_step = ?, limits = ?, spent = ?,
                    progress = ?, message = ?, card = ?, curve = ?, log = ?
                    WHERE id = ?
                    """,
                arguments: [
                    job.state.rawValue, job.ended?.timeIntervalSince1970, job.attempts, job.vainAttempts, job.firstStep,
                    job.limits.json.serialized, job.spent, job.progress.serialized, job.message, job.card.serialized,
                    job.curve.json.serialized, log(job), job.id,
                ])
        }
    }

    func remove(_ id: String) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [id]) }
    }

    /// Jobs that ran when the server ended wait again: they go on from their checkpoints.
    func requeue() throws {
        try pool.write { try $0.execute(sql: "UPDATE jobs SET state = 'queued' WHERE state = 'running'") }
    }

    private func log(_ job: Job) -> String { JSON.array(job.log.map(\.json)).serialized }

    private func job(_ row: Row) throws -> Job {
        func json(_ column: String) -> JSON { (try? JSON(parsing: Array((row[column] as String).utf8))) ?? .null }
        return Job(
            id: row["id"], state: Job.State(rawValue: row["state"]) ?? .failed, created: Date(timeIntervalSince1970: row["created"]),
            ended: (row["ended"] as Double?).map(Date.init(timeIntervalSince1970:)), by: row["owner"], attempts: row["attempts"],
            limits: (try? TrainingLimits(json("limits"))) ?? TrainingLimits(), spent: row["spent"], vainAttempts: row["vain_attempts"],
            firstStep: row["first_step"], recipe: json("recipe"), dataSet: row["data_set"], progress: json("progress"),
            message: row["message"], card: json("card"), curve: LossRecord(json("curve")),
            log: (json("log").elements ?? []).compactMap(JobNote.init))
    }
}
