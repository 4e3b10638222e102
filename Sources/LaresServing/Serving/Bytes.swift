/// Arithmetic on sizes that come from outside: what doesn't fit an `Int` becomes `Int.max`, which fits no budget.
enum Bytes {
    static func sum(_ sizes: [Int]) -> Int {
        sizes.reduce(0) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(max(0, size))
            return overflow ? .max : next
        }
    }

    static func product(_ factors: Int...) -> Int {
        factors.reduce(1) { product, factor in
            let (next, overflow) = product.multipliedReportingOverflow(by: max(0, factor))
            return overflow ? .max : next
        }
    }
}
