import NIOHTTP1
import Synchronization

/// What all three roles answer.
extension Application {
    func home() -> Response {
        guard settings.role == .frontend else {
            return .json([
                "service": .string(settings.service), "role": .string(settings.role.rawValue),
                "revision": .string(settings.revision), "greeting": .string(settings.greeting),
                "documentation": "/openapi.json",
            ])
        }
        return .text(
            """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>stagectl sample</title></head>
            <body>
            <h1>stagectl sample</h1>
            <p>\(Self.escaped(settings.greeting))</p>
            <p>Revision <code>\(Self.escaped(settings.revision))</code></p>
            <p><a href="/api/backend">what the backend answers</a></p>
            </body>
            </html>

            """, type: "text/html; charset=utf-8")
    }

    func health() -> Response {
        if settings.faults.contains(.health503) {
            FaultBehaviour.logUnhealthy()
            return .json(
                [
                    "status": "unhealthy", "revision": .string(settings.revision),
                    "dependencies": [
                        "database": [
                            "status": "down", "error": "dial tcp db.internal:5432: connection refused",
                        ]
                    ],
                ], status: .serviceUnavailable)
        }
        return .json([
            "status": "healthy", "service": .string(settings.service), "revision": .string(settings.revision),
        ])
    }

    func version() -> Response {
        .json([
            "service": .string(settings.service), "revision": .string(settings.revision),
            "commit": .string(settings.commit), "greeting": .string(settings.greeting),
        ])
    }

    func metrics() -> Response {
        let (statuses, webSockets) = memory.withLock { ($0.statuses, $0.webSockets) }
        var text = "# TYPE sample_responses_total counter\n"
        for (status, count) in statuses.sorted(by: { $0.key < $1.key }) {
            text += "sample_responses_total{status=\"\(status)\"} \(count)\n"
        }
        text += "# TYPE sample_websockets_total counter\nsample_websockets_total \(webSockets)\n"
        return .text(text)
    }

    func limited(_ request: Request) -> Response {
        let moment = now
        guard memory.withLock({ $0.limited.admits(request.client, now: moment) }) else { return Self.tooMany }
        return .json(["limit": .integer(settings.requestsPerSecond), "per": "second"])
    }

    static let tooMany = Response.error(.tooManyRequests, "too many requests").with(header: "retry-after", "1")

    /// Counts every response once it is on its way.
    func count(_ status: HTTPResponseStatus) {
        memory.withLock { $0.statuses[status.code, default: 0] += 1 }
    }

    func countWebSocket() {
        memory.withLock { $0.webSockets += 1 }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
        return result
    }
}
