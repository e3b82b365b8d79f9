import NIOHTTP1
import Synchronization

/// Resources, and how the service lives with what fails.
extension Route {
    static let resilience: [Route] = [
        .answering(.GET, "/api/resources", "What this process uses") { application, _ in
            let use = ProcessUse.now
            let (open, hits, misses) = application.memory.withLock {
                ($0.webSockets, $0.resilience.hits, $0.resilience.misses)
            }
            return .json([
                "memory_mib": .integer(use.memoryMiB), "cpu_milliseconds": .integer(use.cpuMilliseconds),
                "cpu_percent": .integer(use.cpuMilliseconds * 100 / max(application.uptimeMilliseconds, 1000)),
                "uptime_milliseconds": .integer(application.uptimeMilliseconds),
                "started_in_milliseconds": .integer(application.startMilliseconds),
                "websockets": .integer(open), "pool": ["size": 8, "in_use": 1, "waiting": 0],
                "cache": ["hits": .integer(hits), "misses": .integer(misses)],
            ])
        },
        .answering(.GET, "/api/cache/{id}", "A value that is dear to find; `x-cache` says whether it was there") {
            application, call in
            let (value, isHit) = application.memory.withLock { $0.resilience.cached(call.id) }
            return .json(["key": .string(call.id), "value": .integer(value)])
                .with(header: "x-cache", isHit ? "hit" : "miss")
        },
        .answering(.GET, "/api/breakers/{id}", "Asks through a breaker: 503 while it is open") { application, call in
            let breaker = application.memory.withLock { $0.resilience.breaker(call.id) { _ in } }
            guard breaker.state != .open else {
                return .error(.serviceUnavailable, "the breaker is open").with(header: "retry-after", "1")
            }
            return .json(breaker.json)
        },
        .answering(.POST, "/api/breakers/{id}", "Tells a breaker how calls ended, or to try again", success: 200) {
            application, call in
            let outcomes = call.document["outcomes"]?.texts ?? []
            let tries = call.document["probe"]?.boolean == true
            let breaker = application.memory.withLock { memory in
                memory.resilience.breaker(call.id) { breaker in
                    if tries, breaker.state == .open { breaker.state = .halfOpen }
                    for outcome in outcomes.prefix(100) { breaker.note(success: outcome == "ok") }
                }
            }
            return .json(breaker.json)
        },
        .answering(.GET, "/api/backoff", "How long to wait before each attempt") { _, call in
            guard let attempts = call.number("attempts", default: 5, in: 1...20) else {
                return .error(.badRequest, "`attempts` must be 1 to 20")
            }
            return .json(["milliseconds": .array(Resilience.backoff(attempts: attempts).map { .integer($0) })])
        },
        .answering(.GET, "/api/flaky/{id}", "Fails `times` times with 503, then works") { application, call in
            guard let times = call.number("times", default: 1, in: 0...10) else {
                return .error(.badRequest, "`times` must be 0 to 10")
            }
            guard let attempt = application.memory.withLock({ $0.resilience.attempt(call.id, failing: times) }) else {
                return .error(.serviceUnavailable, "not yet").with(header: "retry-after", "1")
            }
            return .json(["attempt": .integer(attempt)])
        },
        // Nothing listens there: the discard port is never bound on a machine that serves.
        Route(.GET, "/api/dependencies/absent", "Asks a service that is not there") { application, _ in
            application.upstream("absent", url: "http://127.0.0.1:9", variable: "ABSENT_URL")
        },
    ]
}

extension Resilience.Breaker {
    fileprivate var json: JSON { ["state": .string(state.rawValue), "failures": .integer(failures)] }
}
