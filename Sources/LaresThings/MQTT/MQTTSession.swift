internal import CMosquitto
import Glibc

/// One connection by libmosquitto, used by one thread only.
///
/// libmosquitto would send the acknowledgement of a message when its callback returns. With `mosquitto_threaded_set` it is queued, and leaves with
/// the next ``write()``: in between, what came is made durable.
final class MQTTSession {
    /// What the callbacks of libmosquitto collect; they run inside ``read()`` and ``write()`` only.
    final class Events {
        var messages: [MQTTMessage] = []
        /// Bytes of their payloads.
        var size = 0
        var largest: Int
        var dropped = 0
        var connection: (code: Int32, isResumed: Bool)?
        var published: [(number: Int32, code: Int32)] = []
        var subscribed: [(number: Int32, granted: [Int32])] = []

        init(largest: Int) { self.largest = largest }
    }

    let events: Events
    let isFive: Bool
    private let handle: OpaquePointer
    private static let library: Int32 = mosquitto_lib_init()

    /// - Parameter isFive: MQTT 5.0; else 3.1.1.
    /// - Throws: ``ThingsError`` with `broker` for settings that libmosquitto refuses.
    init(_ settings: MQTTSettings, isFive: Bool) throws(ThingsError) {
        _ = Self.library
        events = Events(largest: settings.largestMessage)
        self.isFive = isFive
        guard let handle = mosquitto_new(settings.clientID, !settings.isLasting, Unmanaged.passUnretained(events).toOpaque()) else {
            throw ThingsError(.broker, "libmosquitto has no memory for a connection")
        }
        self.handle = handle
        do throws(ThingsError) {
            try configure(settings)
        } catch {
            close()
            throw error
        }
    }

    /// Must be called once, when nothing else is called any more.
    func close() { mosquitto_destroy(handle) }

    private func configure(_ settings: MQTTSettings) throws(ThingsError) {
        mosquitto_threaded_set(handle, true)
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, isFive ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311)
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(max(1, settings.window)))
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, Int32(max(1, settings.window)))
        setCallbacks()
        if let user = settings.address.user {
            try check(mosquitto_username_pw_set(handle, user, settings.address.password), "the user or the password can't be used")
        }
        if settings.address.isSecure { try secure(settings.address) }
        if let will = settings.will {
            try check(
                mosquitto_will_set(
                    handle, will.topic, Int32(will.payload.count), will.payload, Int32(will.quality.rawValue), will.isRetained),
                "the will can't be used")
        }
    }

    private func secure(_ address: BrokerAddress) throws(ThingsError) {
        if address.certificates == nil { mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1) }
        let result = mosquitto_tls_set(handle, address.certificates, nil, nil, nil, nil)
        try check(result, "the certificates\(address.certificates.map { " in '\($0)'" } ?? "") can't be used for TLS")
    }

    private func check(_ result: Int32, _ what: String) throws(ThingsError) {
        guard result != MOSQ_ERR_SUCCESS.rawValue else { return }
        throw ThingsError(.broker, "\(what): \(Self.reason(result))")
    }

    /// What a code of libmosquitto means.
    static func reason(_ code: Int32) -> String {
        code == MOSQ_ERR_ERRNO.rawValue ? String(cString: strerror(errno)) : String(cString: mosquitto_strerror(code))
    }

    /// What a broker's answer to CONNECT means.
    func refusal(_ code: Int32) -> String {
        String(cString: isFive ? mosquitto_reason_string(code) : mosquitto_connack_string(code))
    }
}

/// What goes over the wire. Each returns libmosquitto's code; anything but success is the end of the connection.
extension MQTTSession {
    func connect(_ settings: MQTTSettings) -> Int32 {
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if isFive {
            let seconds = settings.isLasting ? settings.sessionSeconds : 0
            mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), seconds)
            mosquitto_property_add_int32(
                &properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), UInt32(clamping: settings.largestMessage + 70_000))
        }
        let address = settings.address
        return mosquitto_connect_bind_v5(handle, address.host, Int32(address.port), settings.keepAlive, nil, properties)
    }

    var socket: Int32 { mosquitto_socket(handle) }
    var wantsToWrite: Bool { mosquitto_want_write(handle) }

    func read() -> Int32 { mosquitto_loop_read(handle, 1) }
    func write() -> Int32 { mosquitto_loop_write(handle, 1) }
    func keepAlive() -> Int32 { mosquitto_loop_misc(handle) }
    func disconnect() { mosquitto_disconnect(handle) }

    /// - Returns: libmosquitto's code, and the number by which ``Events/published`` names the message.
    func publish(_ message: MQTTMessage) -> (code: Int32, number: Int32) {
        var number: Int32 = 0
        let code = mosquitto_publish(
            handle, &number, message.topic, Int32(message.payload.count), message.payload, Int32(message.quality.rawValue),
            message.isRetained)
        return (code, number)
    }

    /// Up to a few hundred at once, so that the packet stays small.
    func subscribe(_ filters: [String], quality: MQTTMessage.Quality) -> (code: Int32, number: Int32) {
        var number: Int32 = 0
        // A broker ends the connection of who wants not to hear themselves on a shared subscription (MQTT 5.0, section 3.8.3.1).
        let isShared = filters.contains { $0.hasPrefix("$share/") }
        let options = isFive && !isShared ? Int32(MQTT_SUB_OPT_NO_LOCAL.rawValue) : 0
        let code = Self.withCStrings(filters) {
            mosquitto_subscribe_multiple(
                handle, &number, Int32(filters.count), $0, Int32(quality.rawValue), options, nil)
        }
        return (code, number)
    }

    private static func withCStrings<R>(_ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

extension MQTTSession {
    private func setCallbacks() {
        mosquitto_connect_with_flags_callback_set(handle) { _, events, code, flags in
            MQTTSession.events(events).connection = (code, flags & 1 != 0)
        }
        mosquitto_message_callback_set(handle) { _, events, message in
            if let message { MQTTSession.take(message.pointee, MQTTSession.events(events)) }
        }
        mosquitto_publish_v5_callback_set(handle) { _, events, number, code, _ in
            MQTTSession.events(events).published.append((number, code))
        }
        mosquitto_subscribe_callback_set(handle) { _, events, number, count, granted in
            let granted = Array(UnsafeBufferPointer(start: granted, count: granted == nil ? 0 : max(0, Int(count))))
            MQTTSession.events(events).subscribed.append((number, granted))
        }
    }

    /// The object that ``init(_:isFive:)`` gave to libmosquitto, which ``close()`` outlives.
    private static func events(_ pointer: UnsafeMutableRawPointer?) -> Events {
        Unmanaged<Events>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private static func take(_ message: mosquitto_message, _ events: Events) {
        let count = max(0, Int(message.payloadlen))
        guard count <= events.largest, let topic = message.topic.flatMap({ String(validatingCString: $0) }) else {
            events.dropped += 1
            return
        }
        let payload = message.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } ?? []
        let quality = MQTTMessage.Quality(rawValue: UInt8(clamping: message.qos)) ?? .atMostOnce
        events.size += count
        events.messages.append(MQTTMessage(topic, payload, quality: quality, isRetained: message.retain))
    }
}
