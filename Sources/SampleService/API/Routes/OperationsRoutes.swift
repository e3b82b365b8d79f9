import NIOHTTP1
import Synchronization

/// What people who run the service ask it.
extension Route {
    static let operations: [Route] = [
        .answering(.GET, "/health/details", "Each part of the service by itself") { application, _ in
            let names = ["database", "cache", "queue"]
            let isDown = application.settings.faults.contains(.health503)
            return .json([
                "status": isDown ? "unhealthy" : "healthy",
                "components": .object(
                    names.map {
                        JSON.Member(name: $0, value: ["status": isDown && $0 == "database" ? "down" : "up"])
                    }),
            ])
        },
        .answering(.GET, "/api/startup", "What happened before the first request, in order") { application, _ in
            .json([
                "phases": ["settings", "routes", "listening"], "complete": true,
                "settings": [
                    "role": .string(application.settings.role.rawValue), "port": .integer(application.settings.port),
                    "requests_per_second": .integer(application.settings.requestsPerSecond),
                ], "ignored": .texts(application.settings.unknownFaults),
                "milliseconds": .integer(application.startMilliseconds),
            ])
        },
        .answering(.GET, "/api/operations/logs", "The last requests, or those of one trace") { application, call in
            let trace = call.request.query["trace"]
            let lines = application.memory.withLock { $0.operations.lines }.filter { line in
                trace.map { line.trace == $0 } ?? true
            }
            return .json([
                "lines": .array(
                    lines.map {
                        [
                            "route": .string($0.route), "status": .integer($0.status), "trace": .string($0.trace),
                            "service": .string(application.settings.service),
                        ]
                    })
            ])
        },
        .answering(.GET, "/api/operations/errors", "Answers that were errors, by status and route") {
            application, _ in
            let errors = application.memory.withLock { $0.operations.errors }
            return .json([
                "groups": .array(
                    errors.sorted { $0.key < $1.key }.map { ["name": .string($0.key), "count": .integer($0.value)] })
            ])
        },
        .answering(.GET, "/api/operations/requests", "Requests by route") { application, call in
            let requests = application.memory.withLock { $0.operations.requests }
            guard let route = call.request.query["route"] else {
                return .json(["routes": .integer(requests.count)])
            }
            return .json(["route": .string(route), "count": .integer(requests[route] ?? 0)])
        },
        .answering(.GET, "/api/operations/alerts", "What a rule says: `metric`, `value`, `above`") { _, call in
            guard let value = call.number("value", default: 0, in: 0...1_000_000),
                let limit = call.number("above", default: 0, in: 0...1_000_000),
                let metric = call.request.query["metric"]
            else { return .error(.badRequest, "`metric`, `value` and `above` are needed") }
            return .json([
                "metric": .string(metric), "state": value > limit ? "firing" : "quiet",
                "severity": value > limit * 2 ? "page" : value > limit ? "ticket" : .null,
            ])
        },
        .answering(.GET, "/api/operations/dashboards", "What is drawn, and from which metric") { _, _ in
            .json([
                "dashboards": [
                    [
                        "name": "overview",
                        "panels": [
                            ["title": "responses", "metric": "sample_responses_total"],
                            ["title": "websockets", "metric": "sample_websockets_total"],
                        ],
                    ]
                ]
            ])
        },
        .answering(.GET, "/api/flags/{id}", "Whether a feature is on for a user") { application, call in
            guard let share = application.memory.withLock({ $0.operations.flags[call.id] }) else {
                return .error(.notFound, "no such flag")
            }
            let user = call.request.query["user"] ?? ""
            return .json([
                "flag": .string(call.id), "share": .integer(share),
                "on": .bool(Operations.bucket(user, of: call.id) < share),
            ])
        },
        .answering(.GET, "/api/experiments/{id}", "Which variant a user sees, always the same one") { _, call in
            guard let user = call.request.query["user"], !user.isEmpty else {
                return .error(.badRequest, "`user` is missing")
            }
            let bucket = Operations.bucket(user, of: call.id)
            return .json([
                "experiment": .string(call.id), "user": .string(user), "bucket": .integer(bucket),
                "variant": bucket < 50 ? "a" : "b",
            ])
        },
        .answering(.POST, "/api/analytics/{id}", "Counts an event") { application, call in
            .json(
                [
                    "event": .string(call.id),
                    "count": .integer(application.memory.withLock { $0.operations.count(call.id) }),
                ],
                status: .created)
        },
        .answering(.GET, "/api/operations/audit", "Who did what; each look is recorded too", access: .token) {
            application, call in
            let entries = application.memory.withLock { memory in
                memory.operations.record(call.user, "read the audit log")
                return memory.operations.audit
            }
            return .json([
                "entries": .array(
                    entries.suffix(50).map { ["actor": .string($0.actor), "action": .string($0.action)] })
            ])
        },
        .answering(.GET, "/api/operations/diagnostics", "What somebody needs who looks for a cause") {
            application, _ in
            .json([
                "service": .string(application.settings.service), "revision": .string(application.settings.revision),
                "commit": .string(application.settings.commit), "routes": .integer(application.routes.count),
                "uptime_milliseconds": .integer(application.uptimeMilliseconds),
                "secrets": ["jwt": .bool(!application.settings.jwtSecret.isEmpty)],
            ])
        },
        .answering(.GET, "/api/operations/versions", "The API's version; `accept-version` asks for another") {
            _, call in
            let wanted = call.request.headers.first(name: "accept-version") ?? "1"
            guard wanted == "1" else {
                return .error(.notAcceptable, "version \(wanted) is not served").with(header: "x-api-version", "1")
            }
            return .json(["version": "1", "supported": ["1"]]).with(header: "x-api-version", "1")
        },
    ]
}

extension Application {
    var uptimeMilliseconds: Int { ProcessUse.clock - startedAt }

    /// Told by routes, logs and error groups.
    func note(_ answer: MutatedReply?, _ status: HTTPResponseStatus) {
        guard let answer, !answer.route.isEmpty else { return }
        memory.withLock {
            $0.operations.note(route: answer.route, status: Int(status.code), trace: answer.trace)
        }
    }
}
