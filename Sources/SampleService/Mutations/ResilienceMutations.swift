/// Defects of resources, and of how the service lives with what fails.
extension Mutation {
    static let resilience: [Mutation] = [
        Mutation("limits.off", on: "GET /api/limited", .forgets),
        Mutation("version.unavailable", on: "GET /version", .status(503)),
        Mutation("resources.memory-grown", on: "GET /api/resources", .json("memory_mib", .off(4096))),
        Mutation("resources.cpu-burnt", on: "GET /api/resources", .json("cpu_percent", .off(500))),
        Mutation("resources.pool-exhausted", on: "GET /api/resources", .json("pool.waiting", .off(12))),
        Mutation("cache.stale-hit", on: "GET /api/cache/{id}", .header("x-cache", "hit")),
        Mutation("cache.never-hits", on: "GET /api/cache/{id}", .stale),
        Mutation("startup.slow", on: "GET /api/startup", .json("milliseconds", .off(60_000))),
        Mutation("ready.unavailable", on: "GET /ready", .status(503)),
        Mutation("breakers.patient", on: "POST /api/breakers/{id}", .field("outcomes.3", nil)),
        Mutation("backoff.constant", on: "GET /api/backoff", .json("milliseconds.*", .set(100))),
        Mutation("ready.not-yet", on: "GET /ready", .json("status", .set("starting"))),
        Mutation("startup.out-of-order", on: "GET /api/startup", .json("phases", .reversed)),
        Mutation("startup.setting-ignored", on: "GET /api/startup", .json("ignored", .set(["no-such-fault"]))),
        Mutation("dependencies.crash", on: "GET /api/dependencies/absent", .status(500)),
        Mutation("flaky.for-ever", on: "GET /api/flaky/{id}", .status(503)),
        Mutation("limits.no-retry-after", on: "GET /api/limited", answering: 429, .header("retry-after", nil)),
        Mutation(
            "origins.by-prefix", on: noRoute,
            .header("access-control-allow-origin", "https://app.example.com.evil.example"),
            .header("access-control-allow-methods", "POST")),
    ]
}
