import HTTPTypes
import LaresServer
import Testing

struct BodyBudgetTests {
    private let budget = BodyBudget(limit: 1_000)

    @Test func bodiesShareWhatTheirFreePartsDoNotCover() throws {
        let first = budget.share()
        try first.take(BodyBudget.free)
        try first.take(900)
        let second = budget.share()
        try second.take(BodyBudget.free)
        try second.take(100)
        let error = #expect(throws: APIError.self) { try second.take(1) }
        #expect(error?.status.code == 503)
        first.end()
        try second.take(900)
        // Ending twice gives back once.
        first.end()
        #expect(throws: APIError.self) { try second.take(1) }
    }

    @Test func aShareThatNobodyHoldsIsGivenBack() throws {
        for _ in 0..<3 { try budget.share().take(BodyBudget.free + 1_000) }
    }
}
