import Foundation
import HummingbirdTesting
import LaresServer
import LaresServing
import Logging
import Testing

struct TLSTests {
    private func withCertificate(_ test: (ServerSettings.TLSFiles) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ServerSettings.TLSFiles(
            certificate: folder.appending(path: "certificate.pem").path, key: folder.appending(path: "key.pem").path)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-keyout", files.key, "-out", files.certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
        try await test(files)
    }

    @Test(.timeLimit(.minutes(1)))
    func aClientThatNeverShakesHandsIsSentAway() async throws {
        try await withCertificate { files in
            var settings = ServerSettings()
            settings.tls = files
            settings.handshakeTimeout = .milliseconds(50)
            try await withServer(settings: settings) { client in
                let silent = try Connection(port: #require(client.port))
                let halfSaid = try Connection(port: #require(client.port))
                // The head of a TLS record, and no more.
                halfSaid.send([0x16, 0x03, 0x01, 0x02, 0x00])
                #expect(silent.isClosedByTheOtherSide() && halfSaid.isClosedByTheOtherSide())
            }
        }
    }

    @Test func aCertificateThatIsNotThereIsNamed() throws {
        var settings = ServerSettings()
        settings.tls = .init(certificate: "/nowhere/certificate.pem", key: "/nowhere/key.pem")
        let server = LaresServer(client: FixedModelClient(), settings: settings, logger: Logger(label: "test"))
        let error = #expect(throws: ServerError.self) { _ = try server.application() }
        #expect(error?.code == .badCertificate && error?.message.contains("/nowhere/certificate.pem") == true)
    }
}
