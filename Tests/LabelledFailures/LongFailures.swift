package import Loop
import Verification

/// Many failures of few causes, each with a report and a log of its own as long as runners and programs write them: no
/// two look alike, so that nothing is saved by what they share.
package struct LongFailures: Sendable {
    package private(set) var facts = CauseFacts()
    /// What each is of, by `SUITE/ID`.
    package private(set) var kinds: [String: CauseKind] = [:]

    private static let causes: [(service: String, kind: CauseKind, status: Int?, message: String, log: String)] = [
        ("orders", .dependencyDown, 500, "answered 500, wanted 200", "redis: connect ECONNREFUSED 10.0.0.7:6379"),
        ("billing", .rateLimited, 429, "answered 429, wanted 200", "too many requests of this caller"),
        (
            "chat", .memoryExceeded, 503, "answered 503, wanted 200",
            "Memory limit of 512 MiB exceeded with 540 MiB used"
        ),
        ("backend", .unhandledException, 500, "answered 500, wanted 200", "PriceError: no price for this article"),
        ("gateway", .tokenRejected, 401, "answered 401, wanted 200", "jwt rejected: audience does not match"),
        ("catalogue", .routeMissing, 404, "answered 404, wanted 200", "nothing there"),
        ("search", .unknown, nil, "the totals differ", "request served"),
    ]

    package init(count: Int) {
        let services = Self.causes.map(\.service)
        facts.services = services.map { ServiceFinding(service: $0, isReady: true, isHealthy: true) }
        for service in services {
            facts.answeredRoutes[service] = (0..<count / 4).map { "GET /\(Self.word($0))/list" }
        }
        for number in 0..<count {
            let cause = Self.causes[number % Self.causes.count]
            let word = Self.word(number)
            let report = (0..<20).map { line in
                String(repeating: "\(word) \(Self.word(line * 31 + number)) went through the shelf; ", count: 8)
            }
            let log = (0..<20).map { line in
                "\(Self.word(line * 17 + number)) of \(word): " + String(repeating: "step \(word) done, ", count: 20)
            }
            let check = FailedCheck(
                id: word, suite: "long", priority: .p2, service: cause.service, kind: "http", httpStatus: cause.status,
                route: "POST /\(word)/items",
                message: "\(word): \(cause.message)\n" + report.joined(separator: "\n"),
                logLines: log + ["\(cause.log) (\(word))"])
            facts.failed.append(check)
            kinds[check.name] = cause.kind
            facts.idle.append(
                IdleCheck(
                    id: "after-\(word)", suite: "long", priority: .p3, service: cause.service, status: .blocked,
                    reason: "needs \(word)", needs: [word]))
        }
    }

    /// Of letters alone: numbers are masked where failures are compared.
    private static func word(_ number: Int) -> String {
        var rest = number + 17_576
        var letters: [Character] = []
        while rest > 0 {
            letters.append(Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(rest % 26))))
            rest /= 26
        }
        return "q" + String(letters)
    }
}
