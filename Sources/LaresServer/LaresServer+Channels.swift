import HummingbirdCore
import HummingbirdHTTP2
import NIOCore
import NIOSSL

extension LaresServer {
    /// How connections are read and written: HTTP/1.1, or HTTP/1.1 and HTTP/2 under TLS.
    func channels() throws -> HTTPServerBuilder {
        let streams = streams
        guard let files = settings.tls else {
            return HTTPServerBuilder { LoopChannel(base: HTTP1Channel(responder: $0, configuration: streams)) }
        }
        let tls = try Self.configuration(files)
        let channels = HTTP2UpgradeChannel.Configuration(
            idleTimeout: settings.idleTimeout, gracefulCloseTimeout: .seconds(5), streamConfiguration: streams)
        let limit = TimeAmount(settings.handshakeTimeout)
        return HTTPServerBuilder { responder in
            let base = try HTTP2UpgradeChannel(tlsConfiguration: tls, configuration: channels, responder: responder)
            return LoopChannel(base: HandshakeChannel(base: base, limit: limit))
        }
    }

    private var streams: HTTP1Channel.Configuration {
        let receive = TimeAmount(settings.receiveTimeout)
        let send = TimeAmount(settings.sendTimeout)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(receiveTimeout: receive, sendTimeout: send)],
            idleTimeout: TimeAmount(settings.idleTimeout),
            httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))
    }

    private static func configuration(_ files: ServerSettings.TLSFiles) throws -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(files.certificate) } catch {
            throw ServerError(
                code: .badCertificate,
                message: "the certificate '\(files.certificate)' can't be read as a PEM file (\(error)): check the path")
        }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: files.key, format: .pem) } catch {
            throw ServerError(
                code: .badKey, message: "the private key '\(files.key)' can't be read as a PEM file (\(error)): check the path")
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv12
        return tls
    }
}
