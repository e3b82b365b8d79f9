import NIOHTTP1
import Synchronization

/// What agents do for a user, of the role backend.
extension Route {
    static let executions: [Route] = [
        .answering(.GET, "/api/execution-tools", "What a step can do") { _, _ in
            .json([
                "tools": .array(
                    ExecutionTool.allCases.map { tool in
                        [
                            "name": .string(tool.rawValue), "summary": .string(tool.summary),
                            "parameters": .array(tool.parameters.map { .string($0) }),
                        ]
                    })
            ])
        },
        .answering(.POST, "/api/executions", "Begins one", access: .token) { application, call in
            application.execute(call)
        },
        .answering(.GET, "/api/executions", "The user's, newest first", access: .token) { application, call in
            application.executions(call)
        },
        .answering(.GET, "/api/executions/{id}", "One of them", access: .token) { application, call in
            application.execution(call) { .json($0.document(at: $1)) }
        },
        .answering(.GET, "/api/executions/{id}/events", "What has happened, in order", access: .token) {
            application, call in
            guard let after = call.number("after", default: 0, in: 0...100_000) else {
                return .error(.badRequest, "`after` must be the number of an event")
            }
            return application.execution(call) { execution, now in
                .json(["events": .array(Array(execution.events(at: now).dropFirst(after)))])
            }
        },
        Route(.GET, "/api/executions/{id}/stream", "The same while it happens, as server-sent events", access: .token) {
            application, call in
            guard let execution = application.known(call) else { return .response(Application.noExecution) }
            let last = call.request.headers.first(name: "last-event-id").flatMap { Int($0) } ?? 0
            return .following(ExecutionStream(id: execution.id, after: max(0, last)))
        },
        .answering(.POST, "/api/executions/{id}/cancel", "Ends it", access: .token, success: 200) { application, call in
            application.cancel(call)
        },
    ]
}

/// What can be wrong inside of the rules of executions.
enum ExecutionDefect: String, CaseIterable, Sendable {
    case keyIgnored = "executions.key-ignored"
    case keysOfAll = "executions.keys-of-all"
    case unlimited = "executions.unlimited"
    case noQueue = "executions.no-queue"
    case seenByAll = "executions.seen-by-all"
    case listsEverybodys = "executions.lists-everybodys"
    case cancelsEnded = "executions.cancels-ended"
}

extension Application {
    fileprivate static let noExecution = Response.error(.notFound, "no such execution")
    private static let longestKey = 128
    private static let mostListed = 50

    fileprivate func execute(_ call: Call) -> Response {
        let plan: ExecutionPlan
        do throws(ExecutionPlan.Refusal) {
            plan = try ExecutionPlan(call.document)
        } catch {
            return .error(.badRequest, error.reason)
        }
        let key = call.request.headers.first(name: "idempotency-key")
        guard key.map({ $0.utf8.count <= Self.longestKey }) != false else {
            return .error(.badRequest, "a key has at most \(Self.longestKey) bytes")
        }
        let moment = milliseconds
        let creation = memory.withLock {
            $0.executions.add(
                plan, agent: call.text("agent") ?? "agent-1", user: call.user, key: key, now: moment,
                with: call.defect(ExecutionDefect.self))
        }
        switch creation {
        case .tooMany:
            return Response.error(.tooManyRequests, "too many executions at once").with(header: "retry-after", "1")
        case .created(let execution):
            return .json(execution.document(at: moment), status: .created)
                .with(header: "location", "/api/executions/\(execution.id)")
        case .known(let execution):
            return .json(execution.document(at: moment)).with(header: "location", "/api/executions/\(execution.id)")
        }
    }

    fileprivate func executions(_ call: Call) -> Response {
        let moment = milliseconds
        let found = memory.withLock {
            call.isBroken(ExecutionDefect.listsEverybodys)
                ? $0.executions.everybodys : $0.executions.of(user: call.user)
        }
        return .json(["executions": .array(found.prefix(Self.mostListed).map { $0.document(at: moment) })])
    }

    /// Another's is as unknown as one that there never was.
    fileprivate func known(_ call: Call) -> Execution? {
        memory.withLock { $0.executions[call.id] }.flatMap {
            $0.user == call.user || call.isBroken(ExecutionDefect.seenByAll) ? $0 : nil
        }
    }

    fileprivate func execution(_ call: Call, _ answer: (Execution, Int) -> Response) -> Response {
        known(call).map { answer($0, milliseconds) } ?? Self.noExecution
    }

    fileprivate func cancel(_ call: Call) -> Response {
        execution(call) { execution, now in
            guard let cancelled = endExecution(execution.id, at: now) else {
                return call.isBroken(ExecutionDefect.cancelsEnded)
                    ? .json(execution.document(at: now)) : .error(.conflict, "it has ended")
            }
            return .json(cancelled.document(at: now))
        }
    }

    /// Nil where it has ended already.
    func endExecution(_ id: String, at now: Int) -> Execution? {
        memory.withLock { memory in
            guard var execution = memory.executions[id], !execution.status(at: now).isEnd else { return nil }
            execution.timeline.end(at: now, as: "execution.cancelled")
            memory.executions[id] = execution
            return execution
        }
    }

    /// What has happened of it after event `after`, and whether that was all.
    func news(of id: String, after: Int) -> (events: [JSON], hasEnded: Bool) {
        let moment = milliseconds
        guard let execution = memory.withLock({ $0.executions[id] }) else { return ([], true) }
        return (Array(execution.events(at: moment).dropFirst(after)), execution.status(at: moment).isEnd)
    }
}
