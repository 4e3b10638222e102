import LaresAccess
import Testing

@Suite struct ListeningPolicyTests {
    @Test(arguments: ["127.0.0.1", "127.0.0.9", "::1", "localhost", "LOCALHOST"])
    func thisMachineNeedsNothing(address: String) {
        let policy = ListeningPolicy(hasKeys: false, hasTLS: false, allowsInsecure: false)
        #expect(policy.decision(address: address) == .allowed(needsKey: false, warning: nil))
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "lares.local", "localhost.example.org", "2002:7f00:1::", "64:ff9b::7f00:1"])
    func otherAddressesNeedAKeyAndEncryption(address: String) {
        func decision(_ hasKeys: Bool, _ hasTLS: Bool, _ allows: Bool) -> ListeningDecision {
            ListeningPolicy(hasKeys: hasKeys, hasTLS: hasTLS, allowsInsecure: allows).decision(address: address)
        }
        #expect(decision(true, true, false) == .allowed(needsKey: true, warning: nil))
        for refused in [
            decision(false, true, false), decision(false, true, true), decision(false, false, true), decision(true, false, false),
        ] {
            guard case .refused = refused else { return #expect(Bool(false), "\(refused)") }
        }
        guard case .allowed(needsKey: true, let warning?) = decision(true, false, true) else { return #expect(Bool(false)) }
        #expect(warning.contains("not encrypted"))
    }
}

@Suite struct OriginPolicyTests {
    private let local = OriginPolicy(address: "127.0.0.1", names: ["Lares.home", "fd00::5"])

    @Test(arguments: [
        "localhost", "localhost:8080", "LOCALHOST:1", "app.localhost", "127.0.0.1:11435", "127.1.2.3", "[::1]:80", "[::1]", "lares.home",
        "lares.home.:443", "[fd00::5]:80",
    ])
    func knownNamesPass(host: String) {
        #expect(local.decision(host: host, origin: nil) == .allowed)
        #expect(local.decision(host: host, origin: "http://" + host.lowercased()) == .allowed)
    }

    @Test(
        arguments: [
            nil, "", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "notlocalhost", "192.168.1.5",
            "::1",
            "localhost:", "localhost:0", "localhost:99999", "localhost:80:80", "localhost:8x", "localhost/", "a@localhost", "[::1",
            "[::1]x",
            "[localhost]", "127.1", "2130706433", " localhost", "localhost,evil.example", "localhost:0000000080",
        ] as [String?])
    func otherNamesAreRefused(host: String?) {
        guard case .refused = local.decision(host: host, origin: nil) else { return #expect(Bool(false), "\(host ?? "nil")") }
    }

    @Test(arguments: [
        "null", "", "http://evil.example", "https://localhost.evil.example", "file://localhost", "chrome-extension://abc", "localhost",
    ])
    func foreignPagesAreRefused(origin: String) {
        guard case .refused = local.decision(host: "localhost", origin: origin) else { return #expect(Bool(false), "\(origin)") }
    }

    @Test(arguments: [
        "http://localhost:3000", "http://127.0.0.1:11435", "https://localhost:11435", "http://localhost", "http://app.localhost:11435",
        "http://6.6.6.6", "http://6.6.6.6:11435",
    ])
    func pagesOfOtherServersOnThisMachineAreRefused(origin: String) {
        for policy in [local, OriginPolicy(address: "0.0.0.0")] {
            guard case .refused = policy.decision(host: "localhost:11435", origin: origin) else { return #expect(Bool(false), "\(policy)") }
        }
    }

    @Test func aPageOfTheSameServerMayCallIt() {
        #expect(local.decision(host: "localhost:80", origin: "http://localhost") == .allowed)
        let secure = OriginPolicy(address: "127.0.0.1", isSecure: true)
        #expect(secure.decision(host: "localhost", origin: "https://localhost:443") == .allowed)
        guard case .refused = secure.decision(host: "localhost:443", origin: "http://localhost:443") else { return #expect(Bool(false)) }
    }

    @Test func pagesOfAllowedPlacesMayCallIt() {
        let policy = OriginPolicy(address: "127.0.0.1", names: ["lares.home", "http://localhost:3000"])
        for origin in ["https://lares.home", "http://lares.home:8080", "http://localhost:3000"] {
            #expect(policy.decision(host: "localhost:11435", origin: origin) == .allowed, "\(origin)")
        }
        guard case .refused = policy.decision(host: "localhost:11435", origin: "http://localhost:3001") else { return #expect(Bool(false)) }
    }

    @Test func listeningOnAllAddressesTakesAnyNumericHost() {
        let policy = OriginPolicy(address: "0.0.0.0")
        #expect(policy.decision(host: "192.168.1.5:8080", origin: "http://192.168.1.5:8080") == .allowed)
        guard case .refused = policy.decision(host: "evil.example", origin: nil) else { return #expect(Bool(false)) }
    }

    @Test func listeningOnANameTakesThatName() {
        let policy = OriginPolicy(address: "lares.local")
        #expect(policy.decision(host: "lares.local:8080", origin: nil) == .allowed)
        #expect(OriginPolicy(address: "192.168.1.5").decision(host: "192.168.1.5", origin: nil) == .allowed)
    }
}
