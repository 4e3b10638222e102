import LaresJSON
import LaresStandards
import Testing

struct NGSISubscriptionTests {
    private func subscription(_ more: String = "", notification: String = "") -> String {
        #"{"id":"urn:s:1","type":"Subscription","entities":[{"type":"Building"}],"notification":{"endpoint":{"uri":"http://there.example/n"}\#(notification)}\#(more)}"#
    }

    private func make(_ stand: NGSIStand, _ level: Int = 1, id: String = "urn:b:1") throws {
        try stand.broker.create(try ngsiEntity(#"{"id":"\#(id)","type":"Building","name":"Tower","level":\#(level)}"#), tenant: "")
    }

    private func set(_ stand: NGSIStand, _ change: String) throws {
        try stand.broker.merge(try ngsiEntity(#"{"id":"urn:b:1",\#(change)}"#, .core, .change), tenant: "")
    }

    @Test func subscribersAreToldInOrder() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        _ = try stand.broker.subscribe(try ngsiJSON(subscription()), .entities, tenant: "")
        try make(stand)
        for level in 2...4 { try set(stand, #""level":\#(level)"#) }
        await stand.broker.deliverDue(box)
        #expect(box.posts.map { $0.body["data"]?.elements?.first?["level"]?["value"] } == [1, 2, 3, 4])
        #expect(box.posts[0].body["type"] == "Notification" && box.posts[0].body["subscriptionId"] == "urn:s:1")
        #expect(try stand.broker.subscription("urn:s:1", .entities, tenant: "").state["timesSent"] == 4)
    }

    @Test func whatWaitsOutlivesTheProcess() async throws {
        let stand = try NGSIStand()
        _ = try stand.broker.subscribe(try ngsiJSON(subscription()), .entities, tenant: "")
        try make(stand)
        // The broker is let go without a word; another opens the same database.
        let (next, box) = (NGSIBroker(try NGSIStore(path: stand.folder + "/city.db"), clock: { 1_900_000_000_000_000 }), NGSIPostbox())
        await next.deliverDue(box)
        // It was given up a day after it was made: the clock of the other is years ahead.
        #expect(box.posts.isEmpty)
        try set(stand, #""level":2"#)
        let later = NGSIBroker(try NGSIStore(path: stand.folder + "/city.db"), clock: { 1_800_000_001_000_000 })
        await later.deliverDue(box)
        #expect(box.posts.map { $0.body["data"]?.elements?.first?["level"]?["value"] } == [2])
    }

    @Test func whatFailsIsTriedAgainAndHoldsBackWhatFollows() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox(failures: 2))
        _ = try stand.broker.subscribe(try ngsiJSON(subscription()), .entities, tenant: "")
        try make(stand)
        try set(stand, #""level":2"#)
        await stand.broker.deliverDue(box)
        #expect(box.posts.isEmpty)
        #expect(try stand.broker.subscription("urn:s:1", .entities, tenant: "").state["status"] == "failed")
        stand.pass(seconds: 11)
        await stand.broker.deliverDue(box)
        #expect(box.posts.isEmpty)
        stand.pass(seconds: 21)
        await stand.broker.deliverDue(box)
        #expect(box.posts.map { $0.body["data"]?.elements?.first?["level"]?["value"] } == [1, 2])
        #expect(try stand.broker.subscription("urn:s:1", .entities, tenant: "").state["status"] == "ok")
    }

    @Test(arguments: [
        (#","watchedAttributes":["level"]"#, 2), (#","watchedAttributes":["name"]"#, 1), (#","q":"level>1""#, 1),
        (#","isActive":false"#, 0),
        (#","notificationTrigger":["entityCreated"]"#, 1), (#","notificationTrigger":["attributeDeleted"]"#, 0), (#","throttling":60"#, 1),
        (#","scopeQ":"/A""#, 0), (#","geoQ":{"georel":"near;maxDistance==10","geometry":"Point","coordinates":[1,2]}"#, 0),
    ])
    func subscribersAreToldOnlyWhatTheyAskedFor(_ more: String, _ count: Int) async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        _ = try stand.broker.subscribe(try ngsiJSON(subscription(more)), .entities, tenant: "")
        try make(stand)
        try set(stand, #""level":2"#)
        await stand.broker.deliverDue(box)
        #expect(box.posts.count == count)
    }

    @Test func whatWentIsToldAsNothing() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        let text = subscription(#","notificationTrigger":["attributeDeleted","entityDeleted"]"#, notification: #","showChanges":true"#)
        _ = try stand.broker.subscribe(try ngsiJSON(text), .entities, tenant: "")
        try make(stand)
        try set(stand, #""level":"urn:ngsi-ld:null""#)
        try stand.broker.delete("urn:b:1", tenant: "")
        await stand.broker.deliverDue(box)
        let told = box.posts.map { $0.body["data"]?.elements?.first }
        #expect(told.count == 2)
        #expect(told[0]?["level"] == ["type": "Property", "value": "urn:ngsi-ld:null", "previousValue": 1])
        #expect(told[1]?["deletedAt"] != nil && told[1]?["name"]?["value"] == "urn:ngsi-ld:null")
    }

    @Test func anIntervalTellsAgainAndAgain() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        try make(stand)
        _ = try stand.broker.subscribe(try ngsiJSON(subscription(#","timeInterval":10"#)), .entities, tenant: "")
        for _ in 0..<3 {
            stand.pass(seconds: 11)
            try stand.broker.tick()
            try stand.broker.tick()
        }
        await stand.broker.deliverDue(box)
        #expect(box.posts.count == 3)
    }

    @Test(arguments: [
        "{}", #"{"type":"Subscription","id":"urn:s:1","entities":[{"type":"B"}]}"#,
        #"{"type":"Subscription","id":"s","entities":[{"type":"B"}],"notification":{"endpoint":{"uri":"http://a/b"}}}"#,
        #"{"type":"Subscription","id":"urn:s:1","notification":{"endpoint":{"uri":"http://a/b"}}}"#,
        #"{"type":"Subscription","id":"urn:s:1","entities":[{"type":"B"}],"notification":{"endpoint":{"uri":"file:///etc/passwd"}}}"#,
        #"{"type":"Subscription","id":"urn:s:1","entities":[{"type":"B"}],"throttling":-1,"notification":{"endpoint":{"uri":"http://a/b"}}}"#,
        #"{"type":"Subscription","id":"urn:s:1","entities":[{"type":"B"}],"throttling":1,"timeInterval":1,"notification":{"endpoint":{"uri":"http://a/b"}}}"#,
        #"{"type":"Subscription","id":"urn:s:1","entities":[{"type":"B"}],"expiresAt":"2000-01-01T00:00:00Z","notification":{"endpoint":{"uri":"http://a/b"}}}"#,
        #"{"type":"Subscription","id":"urn:s:1","entities":[{"type":"B"}],"notification":{"endpoint":{"uri":"http://a/b","receiverInfo":[{"key":"X","value":"a\r\nY: b"}]}}}"#,
    ])
    func whatIsNoSubscriptionIsRefused(_ text: String) throws {
        let stand = try NGSIStand()
        #expect(throws: NGSIError.self) { try stand.broker.subscribe(try ngsiJSON(text), .entities, tenant: "") }
    }

    @Test(arguments: [
        (#""uri":"mqtt://h/t","notifierInfo":[{"key":"MQTT-QoS","value":"3"}]"#, false),
        (#""uri":"mqtt://h/t","notifierInfo":[{"key":"MQTT-Version","value":"mqtt4"}]"#, false),
        (#""uri":"mqtt://h/t/#""#, false), (#""uri":"mqtt://h""#, false), (#""uri":"mqtt://h/$SYS/x""#, false),
        (#""uri":"mqtt:///t""#, false),
        (
            #""uri":"mqtts://u:p@h:8884/a/b","notifierInfo":[{"key":"MQTT-QoS","value":"2"},{"key":"MQTT-Version","value":"mqtt3.1.1"}]"#,
            true
        ),
    ])
    func anEndpointAtABrokerSaysWhereAndHow(_ endpoint: String, _ isTaken: Bool) throws {
        let stand = try NGSIStand()
        let text =
            #"{"id":"urn:s:1","type":"Subscription","entities":[{"type":"Building"}],"notification":{"endpoint":{\#(endpoint)}}}"#
        if isTaken {
            _ = try stand.broker.subscribe(try ngsiJSON(text), .entities, tenant: "")
        } else {
            #expect(throws: NGSIError.self) { try stand.broker.subscribe(try ngsiJSON(text), .entities, tenant: "") }
        }
    }

    @Test func attributesWhoseTimeIsOverGoAndWatchersAreTold() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        let text = subscription(#","notificationTrigger":["attributeDeleted","entityDeleted"]"#)
        _ = try stand.broker.subscribe(try ngsiJSON(text), .entities, tenant: "")
        let expiry = NGSITime.text(stand.broker.now + 60_000_000)
        try stand.broker.create(
            try ngsiEntity(
                #"{"id":"urn:b:1","type":"Building","level":1,"alert":{"type":"Property","value":"flood","expiresAt":"\#(expiry)"}}"#),
            tenant: "")
        #expect(try stand.broker.entity("urn:b:1", tenant: "").attributes.names.count == 2)
        stand.pass(seconds: 61)
        // Nobody is shown it from that moment on, though it goes only with the next look.
        #expect(try stand.broker.entity("urn:b:1", tenant: "").attributes.names.count == 1)
        try stand.broker.tick()
        await stand.broker.deliverDue(box)
        #expect(box.posts.count == 1 && box.posts[0].body["data"]?.elements?.first?["alert"] != nil)
        #expect(try stand.broker.entity("urn:b:1", tenant: "").attributes.names.count == 1)
        let past = NGSITime.text(stand.broker.now - 1)
        #expect(throws: NGSIError.self) {
            try stand.broker.create(
                try ngsiEntity(#"{"id":"urn:b:2","type":"Building","level":{"type":"Property","value":1,"expiresAt":"\#(past)"}}"#),
                tenant: "")
        }
    }

    @Test func registrationsWhoseTimeIsOverGoAndWatchersAreTold() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        _ = try stand.broker.subscribe(try ngsiJSON(subscription()), .sources, tenant: "")
        let expiry = NGSITime.text(stand.broker.now + 60_000_000)
        let source =
            #"{"id":"urn:r:1","type":"ContextSourceRegistration","endpoint":"http://s.example","expiresAt":"\#(expiry)","information":[{"entities":[{"type":"Building"}]}]}"#
        _ = try stand.broker.register(try ngsiJSON(source), .core, tenant: "")
        stand.pass(seconds: 120)
        try stand.broker.tick()
        await stand.broker.deliverDue(box)
        #expect(throws: NGSIError.self) { try stand.broker.registration("urn:r:1", tenant: "") }
        #expect(box.posts.map { $0.body["triggerReason"] } == ["newlyMatching", "noLongerMatching"])
    }

    @Test func subscribersToSourcesAreToldOfRegistrations() async throws {
        let (stand, box) = (try NGSIStand(), NGSIPostbox())
        let source =
            #"{"id":"urn:r:1","type":"ContextSourceRegistration","endpoint":"http://s.example","information":[{"entities":[{"type":"Building"}]}]}"#
        _ = try stand.broker.subscribe(try ngsiJSON(subscription()), .sources, tenant: "")
        _ = try stand.broker.register(try ngsiJSON(source), .core, tenant: "")
        try stand.broker.update(
            registration: "urn:r:1", try ngsiJSON(#"{"information":[{"entities":[{"type":"Car"}]}]}"#), .core, tenant: "")
        await stand.broker.deliverDue(box)
        #expect(box.posts.map { $0.body["triggerReason"] } == ["newlyMatching", "noLongerMatching"])
    }

    /// Subscribes for a receiver, `/n/` and its name, by the id `urn:s:` and its name.
    private func subscribe(_ stand: NGSIStand, _ name: String) throws {
        let text = subscription().replacing("urn:s:1", with: "urn:s:" + name).replacing("there.example/n", with: "there.example/n/" + name)
        _ = try stand.broker.subscribe(try ngsiJSON(text), .entities, tenant: "")
    }

    private func state(_ stand: NGSIStand, _ name: String) throws -> JSON {
        try stand.broker.subscription("urn:s:" + name, .entities, tenant: "").state
    }

    @Test func whatThereIsNoRoomForIsCountedAndHoldsBackNobodyElse() async throws {
        var settings = NGSISettings()
        settings.mostWaiting = 2
        let (stand, receivers) = (try NGSIStand(settings: settings), NGSIReceivers(dead: ["dead"]))
        try subscribe(stand, "dead")
        try subscribe(stand, "well")
        try make(stand)
        for level in 2...5 {
            await stand.broker.deliverDue(receivers)
            try set(stand, #""level":\#(level)"#)
        }
        await stand.broker.deliverDue(receivers)
        #expect(receivers.told("well") == [1, 2, 3, 4, 5] && receivers.told("dead") == [])
        // One try failed, and three of the five had no room.
        #expect(try state(stand, "dead")["timesFailed"] == 4 && state(stand, "dead")["status"] == "failed")
        #expect(try state(stand, "dead")["lastFailure"] != nil && state(stand, "well")["timesFailed"] == nil)
        // Who opens the same database counts what waits there.
        let next = NGSIBroker(try NGSIStore(path: stand.folder + "/city.db"), settings: settings, clock: { 1_800_000_001_000_000 })
        try next.merge(try ngsiEntity(#"{"id":"urn:b:1","level":6}"#, .core, .change), tenant: "")
        #expect(try state(stand, "dead")["timesFailed"] == 5)
        receivers.revive()
        stand.pass(seconds: 60)
        await stand.broker.deliverDue(receivers)
        #expect(receivers.told("dead") == [1, 2])
        try set(stand, #""level":7"#)
        await stand.broker.deliverDue(receivers)
        #expect(receivers.told("dead") == [1, 2, 7] && receivers.told("well") == [1, 2, 3, 4, 5, 6, 7])
    }

    @Test func whatIsGivenUpIsCounted() async throws {
        let (stand, receivers) = (try NGSIStand(), NGSIReceivers(dead: ["dead"]))
        try subscribe(stand, "dead")
        try make(stand)
        try set(stand, #""level":2"#)
        await stand.broker.deliverDue(receivers)
        stand.pass(seconds: 86_401)
        receivers.revive()
        await stand.broker.deliverDue(receivers)
        #expect(try receivers.told("dead") == [] && state(stand, "dead")["timesFailed"] == 3)
        try set(stand, #""level":3"#)
        await stand.broker.deliverDue(receivers)
        #expect(receivers.told("dead") == [3])
    }

    @Test(.timeLimit(.minutes(1))) func whoIsSlowHoldsBackNobody() async throws {
        let (stand, receivers) = (try NGSIStand(), NGSIReceivers(silent: ["slow"]))
        try subscribe(stand, "slow")
        try subscribe(stand, "well")
        let running = Task { await stand.broker.run(receivers) }
        var told = receivers.posts.stream.makeAsyncIterator()
        try make(stand)
        for level in 2...4 {
            // The slow one is asked once and doesn't answer; the other has each change before the next one is made.
            while let name = await told.next(), name != "well" {}
            try set(stand, #""level":\#(level)"#)
        }
        while let name = await told.next(), name != "well" {}
        running.cancel()
        await running.value
        #expect(receivers.told("well") == [1, 2, 3, 4] && receivers.told("slow") == [])
    }
}
