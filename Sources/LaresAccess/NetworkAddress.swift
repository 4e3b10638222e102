#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An IP address and what kind of place it leads to.
public struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four bytes (IPv4) or sixteen (IPv6).
    public let bytes: [UInt8]

    /// Reads a numeric address: "192.0.2.1", "::1", "[::1]", "fe80::1%eth0". Nil for names and for anything `inet_pton` refuses
    /// (so "127.1", "0177.0.0.1" and "2130706433" are no addresses).
    public init?(_ text: String) {
        var text = Substring(text)
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        let numeric = String(text.prefix { $0 != "%" })
        if numeric.utf8.count < text.utf8.count, !numeric.contains(":") { return nil }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, numeric, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, numeric, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The IPv4 address that the system itself takes an IPv6 one for (`::ffff:a.b.c.d`), or the address as it is.
    private var plain: [UInt8] {
        bytes.count == 16 && bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff ? Array(bytes[12..<16]) : bytes
    }

    /// The IPv4 address that something on the way may take an IPv6 one for (compatible, NAT64, 6to4), or the address itself.
    private var inner: NetworkAddress {
        guard bytes.count == 16 else { return self }
        let isCompatible = bytes[0..<12].allSatisfy { $0 == 0 } && bytes[12] != 0
        let isTranslated = Array(bytes[0..<12]) == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if isCompatible || isTranslated { return NetworkAddress(bytes: Array(bytes[12..<16])) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return NetworkAddress(bytes: Array(bytes[2..<6])) }
        return self
    }

    /// This machine: 127.0.0.0/8, ::1. Not a form that only leads here after a translation (`2002:7f00:1::`): anyone may have that address.
    public var isLoopback: Bool {
        let bytes = plain
        return bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Every address of this machine: 0.0.0.0, ::.
    public var isUnspecified: Bool { plain.allSatisfy { $0 == 0 } }

    /// This link only, where clouds keep their metadata services: 169.254.0.0/16, fe80::/10.
    public var isLinkLocal: Bool {
        let bytes = plain
        return bytes.count == 4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
    }

    /// Inside someone's network: RFC 1918, carrier NAT (RFC 6598), unique local (RFC 4193), local translation (RFC 8215) and the
    /// old site-local addresses.
    public var isPrivate: Bool {
        let bytes = plain
        guard bytes.count == 4 else {
            let isTranslatedHere = bytes.starts(with: [0, 0x64, 0xff, 0x9b, 0, 1])
            return bytes[0] & 0xfe == 0xfc || (bytes[0] == 0xfe && bytes[1] & 0xc0 == 0xc0) || isTranslatedHere
        }
        return switch (bytes[0], bytes[1]) {
        case (10, _), (172, 16...31), (192, 168), (100, 64...127): true
        default: false
        }
    }

    /// Nobody's server: "this network", multicast, broadcast and reserved addresses.
    public var isSpecial: Bool {
        let bytes = plain
        return bytes.count == 4 ? bytes[0] == 0 || bytes[0] >= 224 || (bytes[0], bytes[1], bytes[2]) == (192, 0, 0) : bytes[0] == 0xff
    }

    /// Whether a server on the open Internet may have this address, so that fetching from it can't reach into this machine or network.
    ///
    /// An address inside the address counts too, as some network may translate it.
    public var isPublic: Bool {
        [self, inner].allSatisfy { !($0.isLoopback || $0.isUnspecified || $0.isLinkLocal || $0.isPrivate || $0.isSpecial) }
    }

    /// Dotted or colon notation.
    public var description: String {
        var buffer = [CChar](repeating: 0, count: 64)
        let text = bytes.withUnsafeBytes {
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, $0.baseAddress, &buffer, socklen_t(buffer.count)) != nil
        }
        return text ? String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
    }
}
