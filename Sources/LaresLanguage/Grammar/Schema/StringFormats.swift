/// Formats of strings as regular expressions; the texts they match are a part of what the RFCs allow.
enum StringFormats {
    private static let date =
        #"(?:(?:[0-9]{4})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"#
    /// Year 0 is not a year to Python and others.
    private static let year = #"(?!0000)"#
    private static let time =
        #"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"#
    private static let octet = #"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"#
    private static let label = #"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"#
    private static let group = #"[0-9A-Fa-f]{1,4}"#

    static let expressions: [String: String] = [
        "date": "^\(year)\(date)$",
        "time": time,
        "date-time": "^\(year)\(date)T\(time)$",
        "uuid": #"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"#,
        "email": #"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"# + "\(label)(?:\\.\(label))*",
        "ipv4": #"\#(octet)(?:\.\#(octet)){3}"#,
        "hostname": "\(label)(?:\\.\(label)){0,3}",
        "ipv6": ipv6,
        "uri": uri,
        "duration":
            #"P(?:[0-9]{1,6}W|(?:[0-9]{1,6}Y(?:[0-9]{1,6}M(?:[0-9]{1,6}D)?)?|[0-9]{1,6}M(?:[0-9]{1,6}D)?|[0-9]{1,6}D)(?:T(?:[0-9]{1,6}H(?:[0-9]{1,6}M(?:[0-9]{1,6}S)?)?|[0-9]{1,6}M(?:[0-9]{1,6}S)?|[0-9]{1,6}S))?|T(?:[0-9]{1,6}H(?:[0-9]{1,6}M(?:[0-9]{1,6}S)?)?|[0-9]{1,6}M(?:[0-9]{1,6}S)?|[0-9]{1,6}S))"#,
    ]

    /// Either eight groups, or fewer with one `::`.
    private static var ipv6: String {
        var branches = ["(?:\(group):){7}\(group)"]
        for before in 0...6 {
            let head = before == 0 ? "" : "\(group)(?::\(group)){\(before - 1)}"
            let after = 6 - before
            let tail = after == 0 ? "(?:\(group))?" : "(?:\(group)(?::\(group)){0,\(after)})?"
            branches.append("\(head)::\(tail)")
        }
        return branches.map { "(?:\($0))" }.joined(separator: "|")
    }

    private static var uri: String {
        let character = #"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"#
        let authority =
            #"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(?::[0-9]{0,5})?"#
        let path = "(?:/\(character)*)*"
        return
            "[A-Za-z][A-Za-z0-9+.-]*:(?://\(authority)\(path)|/(?:\(character)+\(path))?|\(character)+\(path))?(?:\\?(?:\(character)|[/?])*)?(?:#(?:\(character)|[/?])*)?"
    }

    /// Formats that JSON Schema defines.
    static let standard: Set<String> = [
        "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference",
        "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex",
    ]

    /// Formats of the OpenAPI registry that only say how a value is shown or stored, beside its type.
    static let withoutEffect: Set<String> = ["float", "double", "password", "int32", "int64"]
}
