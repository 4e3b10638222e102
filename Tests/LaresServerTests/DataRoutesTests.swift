import HTTPTypes
import HummingbirdTesting
import LaresJSON
import LaresServer
import LaresServing
import NIOCore
import Testing

/// Data sets and jobs over the API; answers fit what `openapi.json` says of them.
struct DataRoutesTests {
    private static let data = "x,y\n1,a\n2,b\n"

    private func complaints(_ value: JSON, _ schema: String) throws -> [String] {
        let document = try JSON(parsing: #require(Resources.bytes("openapi.json")))
        return SchemaChecker(document: document).complaints(value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    private func send(
        _ client: any TestClientProtocol, _ body: String, type: String = "text/csv", query: String = "?name=a.csv"
    ) async throws -> TestResponse {
        try await client.executeRequest(
            uri: "/lares/v1/data" + query, method: .post, headers: [.contentType: type], body: ByteBuffer(string: body))
    }

    @Test func dataAreSentInAnyWayListedUsedAndRemoved() async throws {
        try await withLearning(child: "exec sleep 100") { client, learning in
            let form = try await client.upload("/lares/v1/data", Self.data, named: "b.csv")
            let raw = try await send(client, Self.data)
            let lines = try await send(client, "{\"x\":1}\n", type: "application/x-ndjson; charset=utf-8", query: "")
            let text = try await send(client, "no \"table\n", query: "?name=t.tsv&kind=text")
            #expect(try await send(client, Self.data, query: "?kind=picture").error("param") == "kind")
            for (answer, name) in [(form, "b.csv"), (raw, "a.csv"), (lines, "data"), (text, "t.tsv")] {
                #expect(try answer.status == .created && answer.json()["name"]?.text == name)
                #expect(try complaints(answer.json(), "DataSet") == [])
            }
            let list = try await client.get("/lares/v1/data").json()
            #expect(try complaints(list, "DataSetList") == [] && list["data"]?.elements?.count == 4)
            let id = try #require(try raw.json()["id"]?.text)
            let recipe = #"{"data":{"file":"a.csv"},"columns":[{"name":"x"}],"target":{"name":"y"}}"#
            let job = try await client.post("/lares/v1/jobs", #"{"recipe":\#(recipe),"data_id":"\#(id)"}"#)
            #expect(try job.status == .accepted && job.json()["data_id"]?.text == id && job.json()["by"]?.text == "local")
            #expect(try complaints(job.json(), "Job") == [])
            let removed = try await client.executeRequest(uri: "/lares/v1/data/\(id)", method: .delete, headers: [:], body: nil)
            #expect(try complaints(removed.json(), "Removed") == [] && removed.json()["bytes_freed"] == 12)
            #expect(try await client.get("/lares/v1/data/\(id)").error("code") == "data_not_found")
            let gone = try await client.post("/lares/v1/jobs", #"{"recipe":\#(recipe),"data_id":"\#(id)"}"#)
            #expect(gone.status == .notFound && gone.error("param") == "data_id")
            let both = try await client.post("/lares/v1/jobs", #"{"recipe":\#(recipe),"data_id":"\#(id)","data":"x"}"#)
            #expect(both.status == .badRequest)
        }
    }

    @Test(arguments: [
        ("", "text/csv", 400, "first line must name the columns"), ("a,b\n1,2,3\n", "text/csv", 400, "line 2 has 3 fields"),
        ("a\n\u{0}", "text/csv", 400, "zero byte"), ("a\n1\n", "application/json", 415, "text/csv"), ("a\n1\n", "", 415, "text/csv"),
        ("no parts", "multipart/form-data; boundary=b", 400, "cut short"), ("a\n1\n", "multipart/form-data", 415, "text/csv"),
        (String(repeating: "a\n", count: 60_000), "text/csv", 413, "more than 100000 bytes"),
    ])
    func whatIsNoTableIsRefused(body: String, type: String, status: Int, reason: String) async throws {
        var settings = ServerSettings()
        settings.uploadLimit = 100_000
        try await withLearning(settings: settings) { client, learning in
            let answer = try await send(client, body, type: type)
            #expect(answer.status.code == status && answer.error("message")?.contains(reason) == true, "\(answer.text)")
            #expect(learning.jobs.data.all().isEmpty)
        }
    }

    @Test func twoFilesAtOnceAreOneTooMany() async throws {
        try await withLearning { client, learning in
            let part = "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a.csv\"\r\n\r\na\n1\n\r\n"
            let answer = try await send(client, part + part + "--b--", type: "multipart/form-data; boundary=b")
            #expect(answer.status == .badRequest && answer.error("message")?.contains("one at a time") == true)
            #expect(learning.jobs.data.all().isEmpty)
        }
    }

    @Test func theLossesOfAJobAreThereForPrograms() async throws {
        let child = #"""
            echo '{"event":"started","resumed":false}'
            echo '{"event":"progress","progress":{"epoch":1,"epochs":2,"step":1,"steps":2,"loss":0.5,"validation":null}}'
            echo '{"event":"finished","card":{}}'
            """#
        try await withLearning(child: child) { client, learning in
            let recipe: JSON = ["data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]]
            let id = try await learning.jobs.submit(recipe, data: .bytes([])).id
            _ = try await client.wait(for: "\"finished\"", at: "/lares/v1/jobs/\(id)")
            let curve = try await client.get("/lares/v1/jobs/\(id)/curve").json()
            #expect(try complaints(curve, "JobCurve") == [] && curve["parts"]?.elements?.first?["loss"] == [0.5, 0.5])
            let jobs = try await client.get("/lares/v1/jobs").json()
            #expect(try complaints(jobs, "JobList") == [])
            #expect(try await client.get("/lares/v1/jobs/none/curve").error("code") == "job_not_found")
        }
    }

    private static let order = #"{"recipe":{"data":{"file":"a.csv"},"columns":[{"name":"x"}],"target":{"name":"y"}},"data":"x""#

    @Test func aJobThatFailedGoesOnWithOtherLimits() async throws {
        try await withLearning(child: #"echo '{"event":"failed","message":"no"}'"#) { client, learning in
            let job = try await client.post("/lares/v1/jobs", Self.order + #","limits":{"seconds":9}}"#).json()
            let id = try #require(job["id"]?.text), path = "/lares/v1/jobs/\(id)"
            #expect(job["limits"] == ["memory_mb": 2048, "seconds": 9, "disk_mb": 4096])
            _ = try await client.wait(for: #""state":"failed""#, at: path)
            let wrong = try await client.post(path + "/resume", #"{"limits":{"minutes":1}}"#)
            #expect(wrong.status == .badRequest && wrong.error("code") == "bad_limits" && wrong.error("param") == "limits")
            let resumed = try await client.post(path + "/resume", #"{"limits":{"disk_mb":7}}"#)
            #expect(try resumed.status == .accepted && complaints(resumed.json(), "Job") == [])
            #expect(try resumed.json()["limits"] == ["memory_mb": 2048, "seconds": 9, "disk_mb": 7])
            _ = try await client.wait(for: #""state":"failed""#, at: path)
            let bare = try await client.executeRequest(uri: path + "/resume", method: .post, headers: [:], body: nil)
            #expect(try bare.status == .accepted && bare.json()["limits"]?["disk_mb"] == 7)
            #expect(try learning.acts() == ["job.started \(id)", "job.resumed \(id)", "job.resumed \(id)"])
            #expect(try await client.post("/lares/v1/jobs/none/resume", "{}").error("code") == "job_not_found")
        }
    }

    @Test func aJobThatIsUnderWayIsNotResumed() async throws {
        try await withLearning(child: "exec sleep 100") { client, learning in
            let id = try #require(try await client.post("/lares/v1/jobs", Self.order + "}").json()["id"]?.text)
            let refused = try await client.post("/lares/v1/jobs/\(id)/resume", "{}")
            #expect(refused.status == .conflict && refused.error("code") == "job_not_resumable")
            #expect(try learning.acts() == ["job.started \(id)"])
        }
    }

    @Test func aKeyThatMayOnlyAskSendsNoData() async throws {
        var settings = ServerSettings()
        settings.needsKey = true
        try await withLearning(keys: true, settings: settings) { client, _ in
            let refused = try await send(client, Self.data)
            #expect(refused.status == .unauthorized)
        }
    }
}
