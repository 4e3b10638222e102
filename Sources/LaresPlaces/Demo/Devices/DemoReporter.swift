package import LaresThings

/// Decides when devices report: when something changed, not more often than they do, and now and then anyway.
package struct DemoReporter: Sendable {
    /// The devices.
    package let devices: [DemoDevice]
    private var said: [[Said]]

    private struct Said {
        var at = -Double.infinity
        var content: String?
        var count = 0
    }

    package init(_ devices: [DemoDevice]) {
        self.devices = devices
        said = devices.map { $0.streams.map { _ in Said() } }
    }

    /// What devices say now.
    ///
    /// - Parameter home: As it is now.
    /// - Returns: Messages with the place of their device, in the order of the devices.
    package mutating func reports(of home: VirtualHome) -> [(device: Int, message: MQTTMessage)] {
        devices.indices.flatMap { device in reports(of: device, home, all: false).map { (device, $0) } }
    }

    /// What one device says when it is asked, or has done what it was told: everything.
    package mutating func answer(of device: Int, _ home: VirtualHome) -> [MQTTMessage] { reports(of: device, home, all: true) }

    private mutating func reports(of device: Int, _ home: VirtualHome, all: Bool) -> [MQTTMessage] {
        var messages: [MQTTMessage] = []
        for (place, stream) in devices[device].streams.enumerated() {
            let last = said[device][place]
            if let count = stream.count {
                let now = count(home)
                guard now != last.count else { continue }
                said[device][place].count = now
                if let content = stream.content(home) { messages.append(MQTTMessage(stream.topic, content, quality: .atLeastOnce)) }
                continue
            }
            guard all || home.time - last.at >= stream.gap, let content = stream.content(home) else { continue }
            guard all || content != last.content || home.time - last.at >= stream.every else { continue }
            (said[device][place].at, said[device][place].content) = (home.time, content)
            messages.append(MQTTMessage(stream.topic, content, quality: .atLeastOnce, isRetained: stream.isRetained))
        }
        return messages
    }
}
