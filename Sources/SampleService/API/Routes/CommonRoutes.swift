import NIOHTTP1
import Synchronization

/// What all three roles answer.
extension Route {
    static let common: [Route] = [
        .answering(.GET, "/", "What this service is") { application, _ in application.home() },
        .answering(.GET, "/health", "Whether the service and what it needs work") { application, _ in
            application.health()
        },
        .answering(.GET, "/ready", "Whether the service takes requests") { _, _ in .json(["status": "ready"]) },
        .answering(.GET, "/version", "Commit and revision") { application, _ in application.version() },
        .answering(.GET, "/openapi.json", "This document") { application, _ in
            .json(OpenAPI.document(for: application.settings, routes: application.routes))
        },
        .answering(.GET, "/metrics", "Counters as text") { application, _ in application.metrics() },
        .answering(.GET, "/api/limited", "Limited per second, by user or address", access: .tokenIfSent) {
            application, call in
            application.limited(call)
        },
        Route(.GET, "/events", "Server-sent events: hello, ticks, end") { application, _ in
            var script = StreamScript.ticks
            if application.settings.faults.contains(.streamStall) { script.stallsAfter = 2 }
            return .stream(script)
        },
    ]
}

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

    func limited(_ call: Call) -> Response {
        let client = call.user.isEmpty ? call.request.client : "user \(call.user)"
        guard memory.withLock({ $0.limited.admits(client, now: call.now) }) else { return Self.tooMany }
        return .json(["limit": .integer(settings.requestsPerSecond), "per": "second"])
    }

    static let tooMany = Response.error(.tooManyRequests, "too many requests").with(header: "retry-after", "1")

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
