import Foundation
import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresServer
import LaresServing
import LaresStore
import Testing

/// The pages of trainings: data, fields, recipe, curve.
struct ConsoleTrainingTests {
    private static let data = "length,colour,kind\n1.5,red,rose\n2.5,blue,iris\n0.5,red,rose\n"

    /// A child that says two epochs and ends well, without a network to publish.
    private static let child = #"""
        echo '{"event":"started","resumed":false}'
        echo '{"event":"progress","progress":{"epoch":1,"epochs":4,"step":2,"steps":8,"loss":0.5,"validation":0.75,"best_epoch":1}}'
        echo '{"event":"progress","progress":{"epoch":2,"epochs":4,"step":4,"steps":8,"loss":0.25,"validation":0.8,"best_epoch":1}}'
        echo '{"event":"finished","card":{"metrics":{"test":{"accuracy":0.975}}}}'
        """#

    @Test func dataAreSentDescribedAndTrainedWithoutAScript() async throws {
        try await withLearning(child: Self.child) { client, learning in
            #expect(try await client.get("/training").text.contains("class=\"empty\""))
            let sent = try await client.upload("/new-training/data", Self.data)
            let address = try #require(sent.headers[.location])
            #expect(sent.status == .seeOther && address.hasPrefix("/new-training?data="))
            let id = String(address.dropFirst("/new-training?data=".count))
            let form = try await client.get(address).text
            #expect(form.contains("3 rows, 3 columns, CSV.") && form.contains("<option value=\"kind\" selected>kind</option>"))
            #expect(form.contains("0.5 to 2.5") && form.contains("2 different: red, blue") && form.contains("value=\"flowers\""))
            let recipe = try await client.form("/new-training", Self.fields(id, act: "recipe")).text
            #expect(recipe.contains("&quot;columns&quot;: [") && recipe.contains("name=\"data\" value=\"\(id)\""))
            let started = try await client.form("/new-training", Self.fields(id, act: "start"))
            let page = try #require(started.headers[.location])
            #expect(started.status == .seeOther && page.hasPrefix("/training/"))
            let done = try await client.wait(for: "Finished after 2 of 4 epochs", at: page)
            #expect(done.contains("it no longer got better") && done.contains("<dt>Accuracy, test data</dt><dd>97.5%</dd>"))
            #expect(done.contains("After epoch 2 the loss is 0.25 in training and 0.8 on validation data."))
            #expect(done.contains("Best: epoch 1") && done.contains("<dd>local</dd>") && done.contains("/new-training?job="))
            #expect(!done.contains("data-live"), "what is over is not followed")
            #expect(try learning.acts().first == "data.added flowers.csv" && learning.acts().count == 2)
            let list = try await client.get("/training").text
            #expect(list.contains(">2 of 4<") && list.contains("Finished</span>") && list.contains("<td class=\"num p2\">local</td>"))
        }
    }

    private static func fields(_ id: String, act: String) -> KeyValuePairs<String, String> {
        [
            "data": id, "target": "kind", "task": "auto", "name": "", "size": "small", "epochs": "4", "stops": "1", "missing": "refuse",
            "validation": "34", "test": "0", "patience": "1", "rate": "0.01", "batch": "32", "use0": "number", "use1": "category",
            "use2": "category", "act": act,
        ]
    }

    @Test func aTextBeginsWithARecipeOfWhatItIsFor() async throws {
        let child = #"""
            echo '{"event":"started","resumed":false}'
            echo '{"event":"progress","progress":{"epoch":4,"epochs":4,"step":8,"steps":8,"loss":0.5,"validation":null}}'
            echo '{"event":"finished","card":{"metrics":{"validation":{"exact":0.975}}}}'
            """#
        try await withLearning(child: child) { client, learning in
            let sent = try await client.upload("/new-training/data", "1 May\t05-01\n2 May\t05-02\n", named: "dates.txt")
            let address = try #require(sent.headers[.location]), id = String(address.dropFirst("/new-training?data=".count))
            let page = try await client.get(address).text
            #expect(page.contains("&quot;translator&quot;: {") && page.contains("&quot;dates&quot;"))
            #expect(!page.contains("Back to the fields"))
            #expect(try await client.get("/new-training").text.contains("2 lines, 24"))
            let recipe = #"{"data": {"file": "dates.txt"}, "translator": {"epochs": 4}}"#
            let started = try await client.form("/new-training", ["data": id, "recipe": recipe])
            let job = try #require(started.headers[.location])
            let done = try await client.wait(for: "all of its 4 epochs", at: job)
            #expect(done.contains("<dd>texts for texts</dd>"))
            #expect(done.contains("Written exactly, validation data") && done.contains("97.5%"))
            let again = try await client.get("/new-training?job=\(job.dropFirst("/training/".count))").text
            #expect(again.contains("&quot;translator&quot;: {") && again.contains("name=\"data\" value=\"\(id)\""))
            let wrong = try await client.form("/new-training", ["data": id, "recipe": #"{"words": {"window": 0}}"#])
            #expect(wrong.status == .badRequest && wrong.text.contains("words.window"))
            #expect(try await client.form("/new-training", ["data": id, "recipe": ""]).status == .badRequest)
        }
    }

    @Test func aRecipeThatIsEditedWrongStaysWithItsReason() async throws {
        try await withLearning { client, learning in
            let address = try #require(try await client.upload("/new-training/data", Self.data).headers[.location])
            let id = String(address.dropFirst("/new-training?data=".count))
            for (text, reason) in [
                ("{", "is not JSON"), ("{\"data\":{\"file\":\"d\",\"fil\":1}}", "there may be"), ("[]", "must be an object"),
                ("{\"name\":\"a b\",\"data\":{\"file\":\"d\"},\"columns\":[{\"name\":\"x\"}],\"target\":{\"name\":\"y\"}}", "name"),
            ] {
                let page = try await client.form("/new-training", ["data": id, "recipe": text])
                #expect(page.status == .badRequest && page.text.contains("<a href=\"#recipe\">"))
                #expect(page.text.contains(reason), "\(page.text)")
                #expect(page.text.contains(text.replacing("\"", with: "&quot;") + "</textarea>"), "what was typed is kept")
            }
            #expect(try await learning.jobs.jobs().isEmpty)
        }
    }

    @Test(arguments: [
        ("", "first line must name the columns"), ("a,b\n1\n", "line 2 has 1 fields"), ("a,b\n", "has no rows"), ("\u{0}", "zero byte"),
    ])
    func dataThatAreNoTableAreRefusedWithTheLine(text: String, reason: String) async throws {
        try await withLearning { client, learning in
            let page = try await client.upload("/new-training/data", text)
            #expect(page.status == .badRequest && page.text.contains("<a href=\"#file\">") && page.text.contains(reason), "\(page.text)")
            #expect(try learning.jobs.data.all().isEmpty && learning.acts().isEmpty)
        }
    }

    @Test func dataThatAreTooLargeAreHeardOutAndRefused() async throws {
        var settings = ServerSettings()
        settings.uploadLimit = 100_000
        try await withLearning(settings: settings) { client, learning in
            let page = try await client.upload("/new-training/data", "a\n" + String(repeating: "12345678\n", count: 200_000))
            #expect(page.status == .badRequest && page.text.contains("larger than allowed") && page.text.contains("up to 100\u{A0}kB"))
            #expect(learning.jobs.data.all().isEmpty)
        }
    }

    @Test func aFormWithoutAFileAsksForOne() async throws {
        try await withLearning { client, _ in
            let page = try await client.upload("/new-training/data", "", named: "")
            #expect(page.status == .badRequest && page.text.contains("no file was sent"))
            let other = try await client.form("/new-training/data", ["data": "x"])
            #expect(other.status == .badRequest && other.text.contains("multipart/form-data"))
        }
    }

    @Test func keptDataAreListedUsedAndRemovedAfterAQuestion() async throws {
        try await withLearning { client, learning in
            let address = try #require(try await client.upload("/new-training/data", Self.data, named: "a<b>.csv").headers[.location])
            let id = String(address.dropFirst("/new-training?data=".count))
            let page = try await client.get("/new-training").text
            #expect(page.contains("<b>a&lt;b&gt;.csv</b>") && page.contains("3 rows, 3 columns") && page.contains(address))
            #expect(try await client.get("/new-training/data/\(id)/remove").text.contains("<h1>Remove the data a&lt;b&gt;.csv?</h1>"))
            #expect(try await client.form("/new-training/data/\(id)/remove").headers[.location] == "/new-training")
            #expect(try await client.get(address).text.contains("These data are no longer here."))
            #expect(try learning.acts().last == "data.removed a<b>.csv")
        }
    }

    @Test(arguments: ["/etc", "relative.csv", "/nowhere/x.csv", "/dev/zero", "/proc/self/mem"])
    func aPathThatIsNoFileIsToldAtItsField(path: String) async throws {
        try await withLearning { client, _ in
            let page = try await client.get("/new-training?path=\(path)")
            #expect(page.status == .badRequest && page.text.contains("<a href=\"#path\">") && page.text.contains("value=\"\(path)\""))
        }
    }

    @Test func aFileOfThisMachineIsReadWhereItIs() async throws {
        try await withLearning(child: "exec sleep 100") { client, learning in
            let path = learning.home.file("own.csv")
            try Self.data.write(toFile: path, atomically: true, encoding: .utf8)
            let form = try await client.get("/new-training?path=\(path)").text
            #expect(form.contains("name=\"path\" value=\"\(path)\"") && form.contains("3 rows, 3 columns"))
            let recipe = #"{"data":{"file":"\#(path)"},"columns":[{"name":"length"}],"target":{"name":"kind"}}"#
            let page = try #require(try await client.form("/new-training", ["path": path, "recipe": recipe]).headers[.location])
            let id = String(page.dropFirst("/training/".count))
            #expect(try await client.get(page).text.contains("data-live=\"\(page)/events\""))
            let again = try await client.get("/new-training?job=\(id)").text
            #expect(again.contains("name=\"path\" value=\"\(path)\"") && again.contains("&quot;length&quot;"))
        }
    }

    @Test func aTrainingIsCancelledAfterAQuestionAndNeverTakenForOneThatIsOver() async throws {
        let child = #"trap 'echo "{\"event\":\"stopped\"}"; exit 0' TERM; while :; do sleep 0.05; done"#
        try await withLearning(child: child) { client, learning in
            let recipe: JSON = ["data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]]
            let id = try await learning.jobs.submit(recipe, data: .bytes([])).id, page = "/training/\(id)"
            #expect(try await client.get(page + "/cancel").text.contains("<h1>Cancel the training of d.csv?</h1>"))
            #expect(try await client.form(page + "/remove").headers[.location] == "/training")
            #expect(!(try await learning.jobs.job(id).isOver), "what is under way is not removed")
            _ = try await client.wait(for: "It reads its data.", at: page)
            #expect(try await client.form(page + "/cancel").headers[.location] == page)
            let over = try await client.wait(for: "Cancelled at epoch 0.", at: page)
            #expect(over.contains("Cancelled at epoch 0.") && over.contains(page + "/remove") && !over.contains(page + "/cancel"))
            _ = try await client.form(page + "/cancel")
            #expect(try await learning.jobs.job(id).isOver, "what is over is not removed by a late cancel")
            #expect(try await client.form(page + "/remove").headers[.location] == "/training")
            #expect(try await client.get(page).text.contains("<h1>No such training</h1>"))
            #expect(try learning.acts() == ["job.cancelled \(id)", "job.cancelled \(id)"])
        }
    }

    @Test func whyATrainingFailedStandsOnItsPage() async throws {
        try await withLearning(child: #"echo '{"event":"failed","message":"line 3 <is> odd"}'"#) { client, learning in
            let recipe: JSON = ["name": "x", "data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]]
            let id = try await learning.jobs.submit(recipe, data: .bytes([])).id
            let page = try await client.wait(for: "Why it failed", at: "/training/\(id)")
            #expect(page.contains("line 3 &lt;is&gt; odd") && page.contains("Failed</span>") && page.contains("<h1>x</h1>"))
            #expect(page.contains("action=\"/training/\(id)/resume\""))
            #expect(try await client.form("/training/\(id)/resume").headers[.location] == "/training/\(id)")
            #expect(try learning.acts() == ["job.resumed \(id)"])
            #expect(try await learning.jobs.job(id).log.filter { $0.event == .queued }.count == 2)
        }
    }

    @Test func aTrainingThatMetALimitGoesOnWithOthers() async throws {
        try await withLearning(child: #"echo '{"event":"failed","message":"it needs more"}'"#) { client, learning in
            let recipe: JSON = ["name": "x", "data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]]
            let id = try await learning.jobs.submit(recipe, data: .bytes([])).id
            let page = try await client.wait(for: "Go on with other limits", at: "/training/\(id)")
            #expect(page.contains("2,048\u{a0}MB of memory, 4,096\u{a0}MB of disk") && page.contains("value=\"24\""))
            let wrong = try await client.form("/training/\(id)/resume", ["memory": "3", "hours": "2", "disk": "50"])
            #expect(wrong.status == .badRequest && wrong.text.contains("id=\"memory-wrong\"") && wrong.text.contains("value=\"50\""))
            _ = try await client.form("/training/\(id)/resume", ["memory": "3000", "hours": "1.5", "disk": "50"])
            #expect(try await learning.jobs.job(id).limits == TrainingLimits(memory: 3_000, seconds: 5_400, disk: 50))
        }
    }

    @Test func whoMayOnlyAskSeesTrainingsAndStartsNone() async throws {
        var settings = ServerSettings()
        settings.needsKey = true
        try await withLearning(keys: true, settings: settings) { client, learning in
            let recipe: JSON = ["data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]]
            let id = try await learning.jobs.submit(recipe, data: .bytes([])).id
            let keys = try KeyStore(home: learning.home)
            let user: HTTPFields = [.cookie: "lares_key=\(try keys.make(name: "tablet").secret)"]
            let page = try await client.get("/training/\(id)", headers: user).text
            #expect(page.contains("<h1>d.csv</h1>") && !page.contains("/remove") && !page.contains("/cancel") && !page.contains("/resume"))
            #expect(!(try await client.get("/training", headers: user).text.contains("/new-training")))
            #expect(try await client.form("/training/\(id)/resume", headers: user).status == .notFound)
            for path in ["/new-training", "/training/\(id)/remove", "/new-training/data/0123456789abcdef/remove"] {
                #expect(try await client.get(path, headers: user).status == .notFound, "\(path)")
            }
            #expect(try await client.form("/new-training", ["recipe": "{}"], headers: user).status == .notFound)
            let admin: HTTPFields = [.cookie: "lares_key=\(try keys.make(name: "desk", admin: true).secret)"]
            let elsewhere = try await client.get("/new-training?path=/etc/passwd", headers: admin)
            #expect(elsewhere.status == .badRequest && !elsewhere.text.contains("id=\"path\""), "files here are for people here")
        }
    }

    @Test func aCurveIsDrawnWithItsScaleItsBestAndItsTable() async throws {
        func progress(_ epoch: Int, _ step: Int, _ loss: Double, _ validation: Double) -> String {
            let progress: JSON = [
                "epoch": .int(epoch), "epochs": 50, "step": .int(step), "steps": 100, "loss": .double(loss),
                "validation": .double(validation), "best_epoch": 1,
            ]
            return "echo '" + (["event": "progress", "progress": progress] as JSON).serialized + "'"
        }
        let lines = [
            #"echo '{"event":"started","resumed":false}'"#, progress(1, 2, 0.5, 0.75), progress(2, 4, 0.25, 0.8), progress(2, 5, 0.4, 0.8),
            "exec sleep 100",
        ]
        try await withLearning(child: lines.joined(separator: "\n")) { client, learning in
            let recipe: JSON = [
                "data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"], "split": ["validation": 0.5],
                "early_stopping": ["patience": 3],
            ]
            let id = try await learning.jobs.submit(recipe, data: .bytes([])).id
            let page = try await client.wait(for: "L25 75 31.25", at: "/training/\(id)")
            // The scale goes to 1, the epochs to 8; the epoch under way is half done.
            #expect(page.contains("class=\"c1\" d=\"M12.50 50L25 75 31.25 60\""), "\(page)")
            #expect(page.contains("class=\"c2\" d=\"M12.50 25L25 20\"") && page.contains("class=\"now\" d=\"M12.50 0V100\""))
            #expect(page.contains("<span>1</span><span>0.75</span>") && page.contains("<span>0</span><span>2</span><span>4</span>"))
            #expect(page.contains("<th scope=\"row\">2</th><td class=\"num\">0.25</td>"))
        }
    }
}
