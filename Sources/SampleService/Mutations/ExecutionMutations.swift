/// Defects of executions, of the role backend.
extension Mutation {
    static let executions: [Mutation] =
        tools + plans + lives + streams + progress + ExecutionDefect.allCases.map { defect(of: $0, on: "*") }

    private static let begin = "POST /api/executions"
    private static let one = "GET /api/executions/{id}"
    private static let events = "GET /api/executions/{id}/events"

    private static let tools: [Mutation] = [
        Mutation("tools.one-forgotten", on: "GET /api/execution-tools", .json("tools", .withoutLast)),
        Mutation("tools.echo-cut", on: "GET /ws", .message("execution.completed", .json("output", .set("as it")))),
        Mutation(
            "tools.upper-by-letter", on: "GET /ws", .message("execution.completed", .json("output", .set("STRAßE")))),
        Mutation("execution-tools.sum-off", on: "GET /ws", .message("execution.completed", .json("output", .off(1)))),
        Mutation("tools.nothing-handed-on", on: "GET /ws", .message("step.completed", .json("output", .set("")))),
        Mutation("tools.for-another", on: "GET /ws", .message("execution.completed", .json("output", .set("nobody")))),
    ]

    private static let plans: [Mutation] = [
        Mutation("plans.other-steps", on: begin, .field("steps", [["tool": "whoami"]])),
        Mutation("plans.any-time", on: begin, .field("timeout_ms", 1000)),
        Mutation("plans.of-anybody", on: begin, .user("anybody")),
    ]

    private static let lives: [Mutation] = [
        Mutation("executions.nowhere", on: begin, .header("location", nil)),
        Mutation("executions.never-done", on: one, .json("status", .set("running"))),
        Mutation("executions.no-time", on: one, .json("milliseconds", .set(0))),
        Mutation("executions.one-after-another", on: one, .json("milliseconds", .off(170))),
        Mutation("executions.unlisted", on: "GET /api/executions", .json("executions", .withoutFirst)),
        Mutation("executions.made-up", on: one, answering: 404, .status(200)),
        Mutation("executions.story-backwards", on: events, .json("events", .reversed)),
        Mutation("executions.story-from-the-start", on: events, .query("after", nil)),
        Mutation("executions.story-goes-on", on: events, .json("events.2.step", .set(3))),
        Mutation("executions.story-short", on: events, .json("events.*.output", .removed)),
        Mutation("executions.of-nobody", on: begin, .json("user", .removed)),
        Mutation("executions.early-output", on: begin, .json("output", .set("none"))),
        Mutation("executions.id-lost", on: begin, .json("id", .removed)),
        Mutation("executions.wait-always", on: begin, .json("status", .set("queued"))),
        Mutation("executions.not-cancelled", on: "POST /api/executions/{id}/cancel", .json("status", .set("running"))),
        Mutation("executions.for-one-user", on: begin, .user("the-one-user")),
    ]

    private static let streams: [Mutation] = {
        let route = "GET /api/executions/{id}/stream"
        return [
            Mutation("stream.event-lost", on: route, .stream(.loses(2))),
            Mutation("stream.late", on: route, .late(500)),
            Mutation("stream.without-end", on: route, .stream(.stalls(8))),
            Mutation("stream.from-the-start", on: route, .requestHeader("last-event-id", nil)),
        ]
    }()

    private static let progress: [Mutation] = [
        Mutation("ws.step-lost", on: "GET /ws", .message("step.started", .lost)),
        Mutation("ws.step-late", on: "GET /ws", .message("step.started", .late(450))),
        Mutation("ws.end-lost", on: "GET /ws", .message("execution.completed", .lost)),
        Mutation("ws.numbers-off", on: "GET /ws", .message("*", .json("seq", .off(1)))),
        Mutation("ws.refusal-lost", on: "GET /ws", .message("error", .lost)),
        Mutation("ws.cancelling-lost", on: "GET /ws", .message("execution.cancelled", .lost)),
        Mutation("ws.failure-unexplained", on: "GET /ws", .message("execution.failed", .json("error", .removed))),
        Mutation("ws.failure-lost", on: "GET /ws", .message("execution.failed", .lost)),
        Mutation("ws.retry-untold", on: "GET /ws", .message("step.failed", .json("retrying", .removed))),
        Mutation("ws.timeout-late", on: "GET /ws", .message("execution.timed_out", .late(900))),
    ]
}
