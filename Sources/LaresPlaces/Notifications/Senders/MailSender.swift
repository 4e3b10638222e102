internal import Foundation

/// Sends mail by `curl`, which speaks SMTP with STARTTLS, TLS and logins (docs/decisions/0021-mail-goes-out-by-curl.md).
package struct MailSender: Sendable {
    /// Seconds for a whole try: mail servers keep strangers waiting.
    static let patience = 30

    private let folder: String
    private let program: String
    private let certificates: String?

    /// - Parameters:
    ///   - folder: Where mail lies while it is sent; emptied here of what a process that was killed left.
    ///   - program: `curl`.
    ///   - certificates: A PEM file of authorities that are trusted; nil: the system's.
    package init(folder: String, program: String = "/usr/bin/curl", certificates: String? = nil) {
        (self.folder, self.program, self.certificates) = (folder, program, certificates)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where file.hasSuffix(".eml") {
            try? FileManager.default.removeItem(atPath: folder + "/" + file)
        }
    }

    package func send(_ parcel: Parcel, to email: Email) async -> SendOutcome {
        let file = folder + "/" + UUID().uuidString + ".eml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let message = MailMessage(parcel, from: email.from, to: email.to)
        let rights: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: file, contents: Data(message.text.utf8), attributes: rights) else {
            return .failed("'\(folder)' can't be written: make room, or check its rights")
        }
        do {
            let result = try await ChildProcess.run(program, ["-q", "-K", "-"], input: configuration(email, file))
            return Self.outcome(result)
        } catch {
            return .failed("'\(program)' can't be run: install the package curl")
        }
    }

    /// What curl is told on its standard input, so that no argument shows a password.
    private func configuration(_ email: Email, _ file: String) -> String {
        let scheme = email.security == .tls ? "smtps" : "smtp"
        let host = email.host.contains(":") ? "[\(email.host)]" : email.host
        var lines = [
            "silent", "show-error", "globoff", "url = \(quoted("\(scheme)://\(host):\(email.port)/lares"))",
            "proto = \"=smtp,smtps\"", "noproxy = \"*\"", "mail-from = \(quoted("\(email.from)"))", "mail-rcpt = \(quoted("\(email.to)"))",
            "upload-file = \(quoted(file))", "connect-timeout = 10", "max-time = \(Self.patience)", "write-out = \"%{response_code}\"",
        ]
        if email.security == .startTLS { lines.append("ssl-reqd") }
        if let certificates { lines.append("cacert = \(quoted(certificates))") }
        if let login = email.login { lines.append("user = \(quoted("\(login.user):\(login.password.text)"))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }

    /// What curl's end means. It tells the server's last answer; without one, what it calls the trouble itself.
    private static func outcome(_ result: ChildProcess.Result) -> SendOutcome {
        if result.status == 0 { return .sent }
        let code = Int(result.output.suffix(3)) ?? 0
        let said = result.errors.split(separator: "\n").first.map { String($0.prefix(200)) } ?? "curl ended with \(result.status)"
        return (500..<600).contains(code) ? .refused(said) : .failed(said)
    }
}
