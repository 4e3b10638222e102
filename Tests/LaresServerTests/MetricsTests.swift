import HummingbirdTesting
import LaresServer
import Metrics
import Testing

struct MetricsTests {
    private func page(_ registry: MetricsRegistry) -> [String] {
        var text = PrometheusText()
        text.add(registry)
        return text.text.split(separator: "\n").map(String.init)
    }

    @Test func countersGaugesAndHistogramsStandOnThePage() {
        let registry = MetricsRegistry()
        Counter(label: "requests", dimensions: [("route", "/a")], factory: registry).increment(by: 2)
        Counter(label: "requests", dimensions: [("route", "/a")], factory: registry).increment()
        Gauge(label: "queue.length", factory: registry).record(7)
        Timer(label: "wait", factory: registry).recordNanoseconds(30_000_000)
        let lines = page(registry)
        #expect(lines.contains("# TYPE requests_total counter") && lines.contains(#"requests_total{route="/a"} 3"#))
        #expect(lines.contains("# TYPE queue_length gauge") && lines.contains("queue_length 7"))
        #expect(lines.contains(#"wait_seconds_bucket{le="0.025"} 0"#) && lines.contains(#"wait_seconds_bucket{le="0.05"} 1"#))
        #expect(lines.contains(#"wait_seconds_bucket{le="+Inf"} 1"#) && lines.contains("wait_seconds_count 1"))
        #expect(lines.contains { $0.hasPrefix("wait_seconds_sum 0.03") })
    }

    @Test func labelsAreEscaped() {
        let registry = MetricsRegistry()
        Counter(label: "a", dimensions: [("l", "x\"y\\z\n")], factory: registry).increment()
        #expect(page(registry).contains(#"a_total{l="x\"y\\z\n"} 1"#))
    }

    @Test func theNumberOfSeriesIsBounded() {
        let registry = MetricsRegistry()
        for index in 0..<6_000 { Counter(label: "a", dimensions: [("l", "\(index)")], factory: registry).increment() }
        #expect(page(registry).count < 5_000)
    }

    @Test func requestsAreCountedByRouteAndStatus() async throws {
        try await withServer { client in
            _ = try await client.post("/v1/chat/completions", chatBody)
            _ = try await client.get("/v1/models/nope")
            let text = try await client.get("/metrics").text
            #expect(text.contains(#"lares_http_requests_total{method="POST",route="/v1/chat/completions",status="200"} 1"#))
            #expect(text.contains(#"lares_http_requests_total{method="GET",route="/v1/models/{model}",status="404"} 1"#))
            #expect(text.contains("lares_requests_running 0") && text.contains("process_resident_memory_bytes"))
        }
    }
}
