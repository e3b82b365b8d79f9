import Foundation
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
    }

    private let first: UInt64
    private let count: Int
    private let threads: Int

    package init(first: UInt64, count: Int, threads: Int) {
        self.first = first
        self.count = count
        self.threads = min(threads, count)
    }

    package func run() -> Result {
        let clock = ContinuousClock()
        let began = clock.now
        let parts = Parts(threads)
        for number in 0..<threads {
            let thread = Thread { parts.finish(number, with: play(part: number)) }
            // A history nests calls deeply, and the default is half a megabyte.
            thread.stackSize = 16 << 20
            thread.start()
        }
        var result = parts.wait()
        result.threads = threads
        result.seconds = (clock.now - began).inSeconds
        return result
    }

    private func play(part: Int) -> Result {
        var result = Result()
        let plans = PlanCache()
        for offset in stride(from: part, to: count, by: threads) {
            let history = History(seed: first &+ UInt64(offset), plans: plans)
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

/// Collects what the threads found.
///
/// SAFETY: guarded by its condition.
private final class Parts: @unchecked Sendable {
    private let condition = NSCondition()
    private var results: [Int: Campaign.Result] = [:]
    private let expected: Int

    init(_ expected: Int) { self.expected = expected }

    func finish(_ number: Int, with result: Campaign.Result) {
        condition.lock()
        results[number] = result
        condition.signal()
        condition.unlock()
    }

    func wait() -> Campaign.Result {
        condition.lock()
        while results.count < expected { condition.wait() }
        let all = results
        condition.unlock()
        var sum = Campaign.Result()
        for (_, part) in all.sorted(by: { $0.key < $1.key }) {
            sum.count += part.count
            sum.faults += part.faults
            sum.lines += part.lines
            sum.outcomes.merge(part.outcomes, uniquingKeysWith: +)
            sum.violations += part.violations
            sum.digest &+= part.digest
        }
        sum.violations.sort { ($0.seed, $0.violation.rule) < ($1.seed, $1.violation.rule) }
        return sum
    }
}

/// Each known mistake by itself, until it is caught.
package struct DefectCampaign: Sendable {
    package struct Caught: Sendable {
        package var defect: Defect
        /// How many histories it took; nil when none of them showed it.
        package var seeds: Int?
        package var rule: Int?
    }

    private let first: UInt64
    private let most: Int

    package init(first: UInt64, most: Int) {
        self.first = first
        self.most = most
    }

    package func run() -> [Caught] { Defect.allCases.map(look) }

    package func look(for defect: Defect) -> Caught {
        let plans = PlanCache()
        for offset in 0..<most {
            let played = History(seed: first &+ UInt64(offset), defects: [defect], plans: plans).play()
            if let violation = played.violations.first {
                return Caught(defect: defect, seeds: offset + 1, rule: violation.rule)
            }
        }
        return Caught(defect: defect)
    }
}
