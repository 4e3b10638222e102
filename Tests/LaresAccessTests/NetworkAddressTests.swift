import LaresAccess
import Testing

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "169.254.169.254",
        "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1", "0.1.2.3", "::", "::1", "[::1]", "fe80::1", "fe80::1%eth0", "fec0::1",
        "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    ])
    func insideAddressesAreNotPublic(text: String) throws {
        #expect(try !#require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "169.253.0.1", "192.167.1.1", "203.0.113.80",
        "2606:4700::1111",
        "::ffff:1.1.1.1", "2002:101:101::1", "64:ff9b::101:101",
    ])
    func outsideAddressesArePublic(text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1%eth0", "1.2.3.4.5", "::1::", "[127.0.0.1",
    ])
    func otherFormsAreNoAddresses(text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}
