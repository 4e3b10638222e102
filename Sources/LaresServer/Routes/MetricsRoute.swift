import Foundation
import HTTPTypes
import Hummingbird
import LaresLanguage
import LaresServing

/// `GET /metrics`: what the process has counted, and what the serving side holds now.
struct MetricsRoute {
    let client: any ModelClient
    let activity: Activity
    let registry: MetricsRegistry

    func metrics(_ request: Request, _ context: LaresContext) async throws -> Response {
        var page = PrometheusText()
        page.add(registry)
        let status = await client.status()
        page.add("lares_requests_running", Double(status.running))
        page.add("lares_requests_queued", Double(status.queued))
        page.add("lares_answers_active", Double(activity.running))
        page.add("lares_cache_use_ratio", status.cacheUse)
        page.add("lares_memory_budget_bytes", Double(status.memoryBudget))
        page.add("lares_memory_used_bytes", Double(status.memoryUsed))
        for model in status.models { add(model, to: &page) }
        if let resident = Self.residentBytes() { page.add("process_resident_memory_bytes", Double(resident)) }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: .init(string: page.text)))
    }

    private func add(_ model: ServingStatus.Model, to page: inout PrometheusText) {
        let labels = [("model", model.name)]
        page.add("lares_model_weight_bytes", Double(model.weightBytes), labels: labels)
        page.add("lares_model_cache_bytes", Double(model.cacheBytes), labels: labels)
        page.add("lares_model_cache_pages_used", Double(model.usedPages), labels: labels)
        page.add("lares_model_cache_pages", Double(model.totalPages), labels: labels)
        page.add("lares_model_queued", Double(model.queued), labels: labels)
        page.add("lares_model_running", Double(model.running), labels: labels)
        for part in StepTimes.Part.allCases {
            page.add("lares_model_step_seconds_total", model.times[part], labels: labels + [("part", part.rawValue)], type: "counter")
        }
    }

    private static func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }
}
