/// Defects of workflows.
extension Mutation {
    static let workflows: [Mutation] = [
        Mutation("workflows.needs-ignored", on: "POST /api/workflows", .field("steps.*.needs", nil)),
        Mutation("workflows.one-slot", on: "POST /api/workflows", .field("slots", 1)),
        Mutation("workflows.unlimited", on: "POST /api/workflows", .field("slots", 8)),
        Mutation("workflows.no-handoff", on: "POST /api/workflows", .json("steps.1.output", .set("review(x)"))),
        Mutation("workflows.partial-input", on: "POST /api/workflows", .json("steps.2.output", .set("merge(a(x))"))),
        Mutation("workflows.order-reversed", on: "POST /api/workflows", .json("order", .reversed)),
        Mutation("workflows.unconditional", on: "POST /api/workflows", .field("steps.*.when", nil)),
        Mutation("workflows.loops-once", on: "POST /api/workflows", .field("steps.*.times", nil)),
        Mutation("workflows.never-times-out", on: "POST /api/workflows", .field("steps.*.timeout", nil)),
        Mutation("workflows.never-retries", on: "POST /api/workflows", .field("steps.*.retries", nil)),
        Mutation("workflows.no-fallback", on: "POST /api/workflows", .field("steps.*.fallback", nil)),
        Mutation("workflows.no-priorities", on: "POST /api/workflows", .field("steps.*.priority", nil)),
        Mutation("workflows.one-agent", on: "POST /api/workflows", .field("steps.*.agent", "agent-1")),
        Mutation("workflows.forgotten", on: "GET /api/workflows/{id}", .stale),
        Mutation("workflows.circle-accepted", on: "POST /api/workflows", answering: 422, .status(201)),
    ]
}
