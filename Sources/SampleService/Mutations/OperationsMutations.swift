/// Defects of what people who run the service look at.
extension Mutation {
    static let operations: [Mutation] = [
        Mutation("health.part-down", on: "GET /health/details", .json("components.database.status", .set("down"))),
        Mutation("metrics.no-counter", on: "GET /metrics", .text("sample_responses_total{", "other_total{")),
        Mutation("logs.dropped", on: "GET /api/operations/logs", .json("lines", .set([]))),
        Mutation("tracing.restarted", on: "GET /version", .header("x-trace-id", "00000000000000000000000000000001")),
        Mutation("errors.uncounted", on: "GET /api/operations/errors", .stale),
        Mutation("requests.uncounted", on: "GET /api/operations/requests", .stale),
        Mutation("alerts.quiet", on: "GET /api/operations/alerts", .query("above", "1000")),
        Mutation(
            "dashboards.unknown-metric", on: "GET /api/operations/dashboards",
            .json("dashboards.0.panels.1.metric", .set("no_such_metric"))),
        Mutation("openapi.undocumented", on: "GET /openapi.json", .text("/api/threads", "/api/strings")),
        Mutation("openapi.bloated", on: "GET /openapi.json", .padding(65_536)),
        Mutation("versions.any", on: "GET /api/operations/versions", .requestHeader("accept-version", nil)),
        Mutation("flags.off", on: "GET /api/flags/{id}", .json("on", .set(false))),
        Mutation("experiments.drifting", on: "GET /api/experiments/{id}", .query("user", "somebody else")),
        Mutation("analytics.twice", on: "POST /api/analytics/{id}", .twice),
        Mutation("audit.nobody", on: "GET /api/operations/audit", .user("nobody")),
        Mutation(
            "diagnostics.secret-shown", on: "GET /api/operations/diagnostics",
            .json("secrets.jwt", .set("sample-only-secret"))),
    ]
}
