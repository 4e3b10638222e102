import LaresTensor
import Synchronization

extension ComputePool {
    /// What `body` makes of 0 ..< count, computed on all threads.
    func mapped<Result: Sendable>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
        let found = Mutex([Result?](repeating: nil, count: count))
        forEach(count) { place in
            let result = body(place)
            found.withLock { $0[place] = result }
        }
        return found.withLock { $0.compactMap(\.self) }
    }
}
