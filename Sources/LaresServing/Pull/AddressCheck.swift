package import Foundation
package import LaresAccess

/// Which URLs and addresses a pull may reach: nothing inside this machine or network (server-side request forgery), nothing unencrypted.
package struct AddressCheck: Sendable {
    package let settings: PullSettings

    package init(settings: PullSettings) { self.settings = settings }

    /// Reads a URL, and refuses schemes, credentials and forms that are not allowed.
    package func url(_ text: String, relativeTo base: URL? = nil) throws -> URL {
        guard text.utf8.count <= 4_096, let url = URL(string: text, relativeTo: base)?.absoluteURL,
            let host = url.host(percentEncoded: false),
            !host.isEmpty, let scheme = url.scheme?.lowercased()
        else { throw PullError(.badSource, "'\(text.prefix(200))' is not a complete URL") }
        guard scheme == "https" || (scheme == "http" && settings.trustsPlain(url)) else {
            throw PullError(.refusedAddress, "'\(scheme)://\(host)' is refused: models are fetched over https; give an https:// address")
        }
        guard (url.user == nil && url.password == nil) || settings.trusts(url) else {
            throw PullError(.badSource, "the URL of \(host) carries a user name or password, which may leak into logs")
        }
        return url
    }

    /// Judges all addresses a host name leads to; one bad address refuses the host.
    package func check(_ addresses: [NetworkAddress], of url: URL) throws {
        let host = url.host(percentEncoded: false) ?? ""
        guard !addresses.isEmpty else { throw PullError(.network, "'\(host)' has no address; is the name right and the network up?") }
        if settings.allowPrivate || settings.trusts(url) { return }
        if let bad = addresses.first(where: { !$0.isPublic }) {
            throw PullError(
                .refusedAddress, "'\(host)' leads to \(bad), inside this machine or network: --allow-private permits that if you mean it")
        }
    }
}
