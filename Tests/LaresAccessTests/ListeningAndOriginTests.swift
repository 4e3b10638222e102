import LaresAccess
import Testing

@Suite struct ListeningPolicyTests {
    @Test(arguments: ["127.0.0.1", "127.0.0.9", "::1", "localhost", "LOCALHOST"])
    func thisMachineNeedsNothing(address: String) {
        let policy = ListeningPolicy(hasKeys: false, hasTLS: false, allowsInsecure: false)
        #expect(policy.decision(address: address) == .allowed(needsKey: false, warning: nil))
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "lares.local", "localhost.example.org"])
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
        #expect(local.decision(host: "localhost", origin: "http://" + host) == .allowed)
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
