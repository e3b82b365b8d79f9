import Releases

/// Many histories, one seed each. Threads share nothing, so the result does not depend on how many there are.
package struct Campaign: Sendable {
    package struct Found: Sendable {
        package var seed: UInt64
        package var violation: Violation
    }

    package struct Result: Sendable {
        package var count = 0
        package var threads = 1
        package var faults = 0
        package var lines = 0
        package var outcomes: [String: Int] = [:]
        package var violations: [Found] = []
        /// Of all traces, whatever the order in which they were played.
        package var digest: UInt64 = 0
        package var seconds = 0.0

        fileprivate mutating func add(_ part: Result) {
            count += part.count
            faults += part.faults
            lines += part.lines
            outcomes.merge(part.outcomes, uniquingKeysWith: +)
            violations += part.violations
            digest &+= part.digest
        }
    }

    private let first: UInt64
    private let count: Int
    private let threads: Int
    private let keeping: Keeping

    package init(first: UInt64, count: Int, threads: Int, keeping: Keeping = .disk) {
        self.keeping = keeping
        self.first = first
        self.count = count
        self.threads = min(threads, count)
    }

    package func run() -> Result {
        let clock = ContinuousClock()
        let began = clock.now
        var result = Result()
        for part in Threads.run(threads, play) { result.add(part) }
        result.violations.sort { ($0.seed, $0.violation.rule) < ($1.seed, $1.violation.rule) }
        result.threads = threads
        result.seconds = (clock.now - began).inSeconds
        return result
    }

    private func play(part: Int) -> Result {
        var result = Result()
        let plans = PlanCache()
        for offset in stride(from: part, to: count, by: threads) {
            let history = History(seed: first &+ UInt64(offset), plans: plans, keeping: keeping)
            let played = history.play()
            result.count += 1
            result.faults += played.faults.count
            result.lines += played.trace.lines.count
            for outcome in played.outcomes { result.outcomes[outcome, default: 0] += 1 }
            for violation in played.violations {
                result.violations.append(Found(seed: played.seed, violation: violation))
            }
            result.digest &+= played.trace.digest
        }
        return result
    }
}
