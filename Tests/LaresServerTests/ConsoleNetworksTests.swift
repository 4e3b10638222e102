import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresServer
import LaresServing
import Testing

/// The pages of trained networks, and what is done on them.
struct ConsoleNetworksTests {
    private static let card = ModelCard(
        summary: "Tells <flowers> apart.", data: "flowers.csv", metrics: ["test accuracy": 0.9731, "validation log_loss": 0.1],
        codeVersion: "lares 0.1.0", licence: "CC0-1.0", parents: ["flowers:1", "elsewhere"])

    @Test func theListSaysWhichVersionAnswersAndHowItStands() async throws {
        try await withLearning { client, learning in
            #expect(try await client.get("/networks").text.contains("class=\"empty\""))
            try learning.publishFlowers()
            try learning.publishFlowers(seed: 2)
            try learning.networks.registry.promote("flowers", to: "1")
            let page = try await client.get("/networks").text
            #expect(page.contains("<a href=\"/networks/flowers\">flowers</a><br><span class=\"dim small\">candidate 2</span>"))
            #expect(page.contains("<td class=\"num\">1</td>") && page.contains("Stored</span>"))
            #expect(page.contains("aria-current=\"page\"") && page.contains("1 here, 0 in memory"))
            _ = try await client.form("/networks/flowers/load")
            #expect(try await client.get("/networks").text.contains("In memory</span>"))
        }
    }

    @Test func aVersionIsPromotedTriedAndTakenBackAndAllOfItIsWrittenDown() async throws {
        try await withLearning { client, learning in
            for seed in 1...3 { try learning.publishFlowers(seed: UInt64(seed)) }
            for (path, fields, done) in [
                ("promote", ["version": "1"], "done=promoted&what=1"), ("promote", ["version": "2"], "done=promoted&what=2"),
                ("rollback", [:], "done=rolledBack&what=1"), ("aliases", ["alias": "stable", "version": "1"], "done=alias&what=stable"),
                ("trial", ["version": "3", "kind": "canary", "percent": "50"], "done=trial&what=3"),
            ] as [(String, KeyValuePairs<String, String>, String)] {
                let answer = try await client.form("/networks/flowers/\(path)", fields)
                #expect(answer.status == .seeOther && answer.headers[.location] == "/networks/flowers?\(done)", "\(path)")
            }
            let page = try await client.get("/networks/flowers?done=trial&what=3").text
            #expect(page.contains("The trial of version 3 has begun.") && page.contains("Version 3 answers 50 of 100 requests"))
            #expect(page.contains("<dt>Answers</dt><dd>0</dd><dt>Failures</dt><dd>0</dd>"))
            #expect(page.contains("<b>stable</b><p class=\"dim small\">Version 1</p>") && page.contains("In production</span>"))
            _ = try await client.form("/networks/flowers/trial/end")
            _ = try await client.form("/networks/flowers/aliases/remove", ["alias": "stable"])
            _ = try await client.form("/networks/flowers/versions/2/remove")
            #expect(
                try learning.acts() == [
                    "version.promoted flowers 1", "version.promoted flowers 2", "version.rolledBack flowers 1", "alias.set flowers stable",
                    "trial.begun flowers 3", "trial.ended flowers", "alias.set flowers stable", "version.removed flowers 2",
                ])
            #expect(try learning.networks.registry.model("flowers").versions.map(\.number) == [1, 3])
        }
    }

    @Test func aTrialCountsItsAnswersAndAShadowItsDifference() async throws {
        try await withLearning { client, learning in
            for seed in 1...2 { try learning.publishFlowers(seed: UInt64(seed)) }
            _ = try await client.form("/networks/flowers/promote", ["version": "1"])
            _ = try await client.form("/networks/flowers/trial", ["version": "2", "kind": "shadow", "percent": "100"])
            for _ in 0..<2 { _ = try await client.form("/networks/flowers/try", ["i0-0": "5", "i0-1": "0.5", "i1": "red"]) }
            let page = try await client.wait(for: "<dt>Answers</dt><dd>2</dd>", at: "/networks/flowers")
            #expect(page.contains("<dt>Answers</dt><dd>2</dd><dt>Failures</dt><dd>0</dd><dt>Answers with other labels or texts</dt><dd>"))
            // Of two that were drawn by different seeds, whether or not they name the same kind.
            #expect(page.contains("<dt>Largest difference of numbers</dt><dd>0."))
        }
    }

    private static let refusals: [(String, KeyValuePairs<String, String>, String)] = [
        ("trial", ["version": "1", "kind": "canary", "percent": "10"], "This trial is not possible."),
        ("trial", ["version": "2", "kind": "canary", "percent": "0"], "href=\"#percent\""),
        ("trial", ["version": "9", "kind": "canary", "percent": "10"], "There is no such version."),
        ("rollback", [:], "no earlier version"), ("aliases", ["alias": "a b", "version": "1"], "href=\"#alias\""),
        ("aliases", ["alias": "3", "version": "1"], "href=\"#alias\""),
        ("aliases/remove", ["alias": "production"], "This version is in use"), ("versions/1/remove", [:], "This version is in use"),
        ("promote", ["version": "none"], "There is no such version."),
    ]

    @Test(arguments: refusals)
    func whatCanNotBeDoneIsToldOnThePage(path: String, fields: KeyValuePairs<String, String>, said: String) async throws {
        try await withLearning { client, learning in
            for seed in 1...2 { try learning.publishFlowers(seed: UInt64(seed)) }
            try learning.networks.registry.promote("flowers", to: "1")
            let page = try await client.form("/networks/flowers/\(path)", fields)
            #expect(page.status == .badRequest && page.text.contains(said), "\(page.text)")
            #expect(page.text.contains("<h2>Nothing was changed</h2>"))
            #expect(try learning.acts().isEmpty)
        }
    }

    @Test func anotherSignatureIsAskedForWithTheSameForm() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            let wider: JSON = [
                "inputs": [["name": "size", "type": "FP32", "shape": [-1, 3]]], "steps": [["name": "y", "layer": "linear", "outputs": 1]],
                "outputs": [["name": "y"]],
            ]
            try learning.publish(wider, as: "flowers")
            try learning.networks.registry.promote("flowers", to: "1")
            for (path, fields) in [
                ("promote", ["version": "2"]), ("aliases", ["alias": "production", "version": "2"]),
                ("trial", ["version": "2", "kind": "canary", "percent": "10"]),
            ] as [(String, KeyValuePairs<String, String>)] {
                let asked = try await client.form("/networks/flowers/\(path)", fields)
                #expect(asked.status == .conflict && asked.text.contains("Let it answer with another signature?"), "\(path)")
                #expect(asked.text.contains("action=\"/networks/flowers/\(path)\"") && asked.text.contains("size: FP32 [-1, 3]"))
                for (name, value) in Array(fields) + [("new_signature", "yes")] {
                    #expect(asked.text.contains("<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"), "\(path) \(name)")
                }
            }
            #expect(try learning.acts().isEmpty)
            let done = try await client.form("/networks/flowers/promote", ["version": "2", "new_signature": "yes"])
            #expect(done.headers[.location] == "/networks/flowers?done=promoted&what=2")
        }
    }

    @Test func whatWasUnloadedSaysSoUntilItIsLoaded() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            _ = try await client.form("/networks/flowers/load")
            #expect(try await client.get("/networks/flowers").text.contains("/networks/flowers/unload"))
            _ = try await client.form("/networks/flowers/unload")
            let page = try await client.get("/networks/flowers?done=unloaded&what=flowers").text
            #expect(page.contains("requests are refused until it is loaded again") && page.contains("/networks/flowers/load"))
            let asked = try await client.form("/networks/flowers/try", ["i0-0": "5", "i0-1": "0.5", "i1": "red"])
            #expect(asked.status == .badRequest && asked.text.contains("Load it first."))
            #expect(try await client.form("/networks/flowers/promote", ["version": "1"]).text.contains("Load it first."))
            #expect(try learning.acts() == ["model.loaded flowers", "model.unloaded flowers"])
        }
    }

    @Test func aVersionsPageShowsItsCardAndWhereItCameFrom() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            let job = try await learning.jobs.submit(
                ["name": "flowers", "data": ["file": "flowers.csv"], "columns": [["name": "x"]], "target": ["name": "kind"]],
                data: .bytes([]), by: "maria")
            try learning.publishFlowers(seed: 2, card: Self.card, job: job.id)
            try learning.networks.registry.promote("flowers", to: "1")
            try learning.networks.registry.removeAlias("candidate", of: "flowers")
            let page = try await client.get("/networks/flowers/versions/2").text
            #expect(page.contains("Tells &lt;flowers&gt; apart.") && page.contains("CC0-1.0") && page.contains("lares 0.1.0"))
            #expect(page.contains("<dt>Accuracy, test data</dt><dd>97.3%</dd><dt>Log loss, validation data</dt><dd>0.1</dd>"))
            #expect(page.contains("<a href=\"/training/\(job.id)\">flowers</a>") && page.contains(String(repeating: "d", count: 64)))
            #expect(page.contains("<a href=\"/networks/flowers/versions/1\">flowers:1</a>") && page.contains("<dd>elsewhere</dd>"))
            #expect(page.contains("<dt>size</dt><dd><code>FP32 [-1, 2]</code></dd>"))
            #expect(page.contains("/networks/flowers/versions/2/remove"))
            #expect(try await client.get("/networks/flowers/versions/1").text.contains("In production. Published just now."))
            let asked = try await client.get("/networks/flowers/versions/2/remove").text
            #expect(asked.contains("<h1>Remove version 2 of flowers?</h1>"))
        }
    }

    @Test func aWholeNetworkIsRemovedAfterAQuestion() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            #expect(try await client.get("/networks/flowers/remove").text.contains("action=\"/networks/flowers/remove\""))
            #expect(try await client.form("/networks/flowers/remove").headers[.location] == "/networks")
            for path in ["/networks/flowers", "/networks/flowers/versions/1", "/networks/flowers/try"] {
                let page = try await client.get(path)
                #expect(page.status == .notFound && page.text.contains("<h1>No network called flowers</h1>"), "\(path)")
            }
        }
    }

    @Test(arguments: ["/networks/flowers/versions/7", "/networks/flowers/versions/7/remove", "/networks/flowers/try?version=7"])
    func aVersionThatIsNotThereIsAPageToo(path: String) async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            #expect(try await client.get(path).text.contains("<h1>Nothing at this address</h1>"))
        }
    }

    @Test func whoMayOnlyAskSeesNoButtonsAndChangesNothing() async throws {
        try await withLearning(keys: true, settings: Self.locked) { client, learning in
            try learning.publishFlowers()
            let secret = try KeyStore(home: learning.home).make(name: "tablet").secret
            let headers: HTTPFields = [.cookie: "lares_key=\(secret)"]
            let page = try await client.get("/networks/flowers", headers: headers).text
            #expect(page.contains("<h1>flowers</h1>") && !page.contains("/promote") && !page.contains("/remove") && !page.contains("/load"))
            #expect(try await client.get("/networks/flowers/try", headers: headers).status == .ok)
            for path in ["promote", "unload", "trial", "remove", "versions/1/remove"] {
                let answer = try await client.form("/networks/flowers/\(path)", ["version": "1"], headers: headers)
                #expect(answer.status == .notFound, "\(path)")
            }
            #expect(try learning.acts().isEmpty)
            let asked = try await client.form("/networks/flowers/try", ["i0-0": "5", "i0-1": "0.5", "i1": "red"], headers: headers)
            #expect(asked.status == .ok && asked.text.contains("rose"), "asking needs no more than a key")
        }
    }

    private static var locked: ServerSettings {
        var settings = ServerSettings()
        settings.needsKey = true
        return settings
    }

    @Test func aSentenceThatIsNoneIsNotShown() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            let page = try await client.get("/networks/flowers?done=title&what=%3Ci%3Enobody%3C/i%3E").text
            #expect(!page.contains("role=\"status\"") && !page.contains("<i>nobody"))
        }
    }
}
