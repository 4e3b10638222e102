import NIOCore
import NIOHTTPTypes

/// Watches one connection: notices a client that leaves, one that sends its request too slowly, and one that stops reading the answer.
///
/// An HTTP/1 client that closes its sending side counts as gone; on an HTTP/2 stream that is how every request ends, so only a closed
/// stream counts.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    let presence = ClientPresence()
    private let receiveTimeout: TimeAmount
    private let sendTimeout: TimeAmount
    private var isReceiving = false
    private var receiving: Scheduled<Void>?
    private var sending: Scheduled<Void>?

    /// - Parameters:
    ///   - receiveTimeout: How long a request may take from its head to its end.
    ///   - sendTimeout: How long a client may leave an answer unread.
    init(receiveTimeout: TimeAmount, sendTimeout: TimeAmount) {
        self.receiveTimeout = receiveTimeout
        self.sendTimeout = sendTimeout
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isReceiving = true
        case .body: break
        case .end:
            isReceiving = false
            receiving?.cancel()
            receiving = nil
        }
        context.fireChannelRead(data)
    }

    /// Most requests come whole in one read and need no timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReceiving, receiving == nil { receiving = closing(context, after: receiveTimeout) }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sending?.cancel()
        sending = context.channel.isWritable ? nil : closing(context, after: sendTimeout)
        context.fireChannelWritabilityChanged()
    }

    private func closing(_ context: ChannelHandlerContext, after time: TimeAmount) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        let isHTTP1 = context.channel.parent?.parent == nil
        if isHTTP1, let event = event as? ChannelEvent, event == .inputClosed { presence.leave() }
        // The drain is over, and what is left now is not waited for.
        if event is ChannelShouldQuiesceEvent { presence.stop() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        presence.leave()
        context.fireErrorCaught(error)
    }

    private func end() {
        receiving?.cancel()
        sending?.cancel()
        presence.leave()
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
