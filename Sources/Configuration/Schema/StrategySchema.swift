/// The keys of a service's `strategy`.
enum StrategySchema {
    static let field = SchemaField(
        "strategy",
        .scalarOr(
            .choice(kinds),
            ObjectSchema([
                SchemaField("kind", .choice(kinds), required: true, "how traffic moves to a candidate (all-at-once)"),
                SchemaField(
                    "steps", .list(.object(step), minimum: 1), "of a canary: rising shares below 100 (10% and 50%)"),
                SchemaField("analysis", .object(analysis), "how a canary is compared with what serves"),
                SchemaField(
                    "keep", .duration(0...3_600_000, step: 1000),
                    "of blue-green: how long the old revision is kept for an instant way back (60s)"),
                SchemaField(
                    "drain", .duration(0...3_600_000, step: 1000),
                    "how long connections that are open on the old revision are waited for (30s)"),
            ])), "how traffic moves: `all-at-once`, `canary`, `blue-green`, or a mapping with a kind")

    private static let kinds = StrategySettings.Kind.allCases.map(\.rawValue)

    private static let step = ObjectSchema([
        SchemaField("percent", .percent(1...99), required: true, "the candidate's share"),
        SchemaField("pause", .duration(0...86_400_000, step: 1000), "how long it lasts at least (0s)"),
    ])

    private static let analysis = ObjectSchema([
        SchemaField(
            "profile", .choice(AnalysisProfile.allCases.map(\.rawValue)),
            "how small a difference it tells: 10, 5 or 2 points more failures (default)"),
        SchemaField(
            "paths", .list(.string(.urlPath), minimum: 1), "asked with GET, in turn; they must change nothing (health)"),
        SchemaField("pairs_per_second", .integer(1...100), "how often both sides are asked (3)"),
        SchemaField(
            "latency", .percent(0...1000),
            "how much slower the candidate may be (5%)"),
        SchemaField("judge_latency", .boolean, "whether a slower candidate fails (true)"),
        SchemaField("slow", .duration(1...60_000, step: 1), "from when on an answer is a slow one (no such limit)"),
        SchemaField("timeout", .duration(10...60_000, step: 1), "how long one request may take (5s)"),
        SchemaField(
            "inconclusive", .choice(AnalysisSettings.Inconclusive.allCases.map(\.rawValue)),
            "what becomes of a release whose analysis could not tell (hold)"),
        SchemaField(
            "monitoring", .boolean,
            "whether the share of 5xx of real requests, from Cloud Monitoring, is judged too (false)"),
    ])
}
