import Foundation

/// Parts of one work on threads of their own, with stacks deep enough for a history: one nests calls deeply, and the
/// default is half a megabyte.
enum Threads {
    /// Runs every part and returns what they came to, in the order of their numbers.
    static func run<Value: Sendable>(_ count: Int, _ part: @escaping @Sendable (Int) -> Value) -> [Value] {
        let results = Results<Value>(count)
        for number in 0..<count {
            let thread = Thread { results.finish(number, with: part(number)) }
            thread.stackSize = 16 << 20
            thread.start()
        }
        return results.wait()
    }
}

/// SAFETY: guarded by its condition.
private final class Results<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var values: [Int: Value] = [:]
    private let expected: Int

    init(_ expected: Int) { self.expected = expected }

    func finish(_ number: Int, with value: Value) {
        condition.lock()
        values[number] = value
        condition.signal()
        condition.unlock()
    }

    func wait() -> [Value] {
        condition.lock()
        defer { condition.unlock() }
        while values.count < expected { condition.wait() }
        return values.sorted { $0.key < $1.key }.map(\.value)
    }
}
