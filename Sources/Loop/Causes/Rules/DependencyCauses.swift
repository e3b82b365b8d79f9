import Releases

/// Something that the service needs and does not get an answer from.
enum DependencyCauses {
    private static let failing = Phrase([
        "connection refused", "econnrefused", "refused", "unreachable", "timed out", "timeout", "etimedout", "is down",
        "not available", "unavailable", "unhealthy", "could not connect", "couldn t connect", "cannot connect",
        "can t connect",
        "failed to connect", "unable to connect", "connection reset", "econnreset", "connection error",
        "connect call failed",
        "no connection", "connection lost", "closed the connection", "server closed", "connection failed",
        "not reachable",
        "lost connection", "gone away", "broken pipe", "connection attempt failed", "communications link failure",
        "no route to host", "no brokers", "too many clients", "starting up", "shutting down", "returned 502",
        "returned 503", "answered 503", "answered 502", "responded with 503", "responded 503", "status 503",
        "status 502",
        "http 503", "http 502", "503 service", "502 bad", "dial tcp", "connection pool", "could not reach",
        "couldn t reach",
        "connect error", "not responding", "no response from", "did not respond", "host is unreachable",
        "read only replica",
        "no servers", "server selection", "not connected", "cannot reach", "connection closed", "unable to reach",
        "failed to reach", "no reachable", "not accessible",
    ])
    /// A connection, and that it broke or did not come about, in whatever words.
    private static let broken = Phrase(
        [
            "connection", "connect ", " reach ", "broker", " node ", " pool ", " server ", "socket", " cluster ",
            " host ",
            "replica", "channel",
        ],
        [
            "closed", "closure", " lost", "dropped", "terminated", "not be established", "not established", "reset",
            "refused", "forced", "aborted", "unavailable", "not available", "shutdown", "shut down", "timed out",
            "can t reach", "cannot reach", "not reach", "not accessible", " error ", "does not exist", "exhausted",
            "not be made", " down ",
            "went away", "hung up", "disconnected", "interrupted", "unexpected eof", "not open",
        ])
    /// The health of something that this service asks, as its own health tells it.
    private static let partDown = Phrase(
        [" status down ", "unhealthy", "out of service", " is down ", " status fail", " status error "])
    private static let parts = [
        " db ", "database", "redis", "mongo", "rabbit", "kafka", "elastic", "cache", "broker", "queue",
    ]
    private static let openCircuit = Phrase(["circuit"], [" open", "tripped"])
    /// Who gave up after many attempts asked somebody.
    private static let gaveUp = Phrase(
        ["retries", "attempts", "retry"],
        ["max", "reached", "exhaust", "exceeded", "giving up", "gave up", "failed after"],
        unless: ["login", "password", "sign in", "too many attempts", "throttl", "rate limit"])
    private static let outward = [
        "upstream", "downstream", "dependency", "backend service", "remote service", "database", "broker", "cache",
        "circuit", " backend ", " peer ", " leader ",
    ]
    /// Of a connection that a service makes or has, and not of one that a client has with it.
    private static let unreached = Phrase(
        [
            "connection", "connect ", "contact", " reach ", "reachable", "listener", " leader", "channel",
            "subscription", "lookup",
        ],
        [
            "closed", " lost", "fail", "could not", "couldn t", "cannot", "can t", "unable", " no ", "refus", "reset",
            "aborted", "terminated", "dropped", "timed out", "not answer", "not established", " not ",
        ], unless: ["client", "browser", "caller", "websocket", "user agent", " ws ", "unhandled"])

    static let rules = [
        CauseRule(.dependencyDown) { failure in
            let service = failure.service
            // A log names whom it asked; what a test says may have a service's name by accident, such as `gateway`.
            let needed = (failure.finding?.dependsOn ?? []) + failure.facts.services.filter(\.isDown).map(\.service)
            let others =
                failure.facts.services.map(\.service).filter { $0 != service }
                + (failure.finding?.dependsOn ?? [])
            // What lets nothing fail that a client sees has been got over.
            guard isConsequence(failure) else { return nil }
            for text in failure.texts where isFailing(text) && !isAnswering(text) {
                let told = text.source == .check ? text.withoutPaths : text
                guard let name = DependencyName.known(in: told, services: text.source == .check ? needed : others)
                else { continue }
                // A test says "timed out" of the service that it asks, not of what that needs.
                if text.source == .check, name == service { continue }
                return finding(failure, .named, name, text.evidence)
            }
            return nil
        },
        CauseRule(.dependencyDown) { failure in
            // A service's own log of a connection that it could not make.
            guard isConsequence(failure),
                let seen = failure.logs.first(where: { text in
                    isFailing(text) && !isAnswering(text)
                        && (isConnecting(text) || outward.contains { text.mentions($0) })
                })
            else { return nil }
            return finding(failure, .named, HostText.first(in: seen.text), seen.evidence)
        },
        CauseRule(.dependencyDown) { failure in
            let isServerError = [500, 502, 503, 504, 424].contains(failure.status) || failure.closeCode == 1011
            guard isServerError,
                let seen = failure.logs.first(where: {
                    gaveUp.fits($0) || unreached.fits($0) || ($0.mentions(" pool ") && broken.fits($0))
                })
            else { return nil }
            return finding(failure, .shown, HostText.first(in: seen.text), seen.evidence)
        },
        CauseRule(.dependencyDown) { failure in
            let isServerError =
                [500, 502, 503, 504, 424].contains(failure.status) || [1011, 1013, 1014].contains(failure.closeCode)
            guard isServerError, failure.logs.isEmpty,
                let down = failure.finding?.dependsOn.first(where: { failure.facts.finding(of: $0)?.isDown == true })
            else { return nil }
            return finding(failure, .shown, down, failure.messages.first?.evidence)
        },
    ]

    private static func isFailing(_ text: SeenText) -> Bool {
        failing.fits(text) || broken.fits(text) || openCircuit.fits(text)
            || (partDown.fits(text) && parts.contains { text.mentions($0) })
    }

    /// Who is being read from has taken the connection: it is late, and not down.
    private static func isAnswering(_ text: SeenText) -> Bool {
        ["while reading", "while the stream", "while streaming", "during the response"].contains {
            text.mentions($0)
        }
    }

    /// Whether it ended as things end that somebody else's silence ends: no refusal, and no right answer.
    private static func isConsequence(_ failure: SeenFailure) -> Bool {
        if let code = failure.closeCode { return [1001, 1006, 1011, 1012, 1013, 1014].contains(code) }
        return failure.status.map { $0 >= 500 || [408, 424].contains($0) } ?? true
    }

    private static func isConnecting(_ text: SeenText) -> Bool {
        [
            "connection refused", "econnrefused", "connect call failed", "dial tcp", "etimedout", "econnreset",
            "failed to connect", "could not connect", "unable to connect", "cannot connect",
        ]
        .contains { text.mentions($0) }
    }

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ name: String?, _ seen: CauseEvidence?
    ) -> CauseFinding {
        let state = name.flatMap { failure.facts.finding(of: $0) }
        var deeper: [Why] = []
        var evidence = [seen]
        if let state, state.isDown {
            let said = state.diagnosis?.cause ?? state.statements.first ?? "it is not healthy"
            evidence.append(CauseEvidence(.dependency, "\(state.service): \(said)"))
            deeper.append(
                Why("\(state.service) does not serve: \(said)", evidence: [CauseEvidence(.dependency, said)]))
        }
        return CauseFinding(
            closeness, .dependencyDown, subject: name,
            "\(name.map { "`\($0)`" } ?? "something"), which `\(failure.service)` needs, does not answer it",
            evidence: evidence, deeper: deeper,
            fix: name.map { "bring \($0) back, or correct how \(failure.service) reaches it" }
                ?? "see what \(failure.service) connects to, and whether that is up",
            settings: ["env.", "vpc", "cloud_sql"])
    }
}

/// What a service needs, by the name that a log line gives it.
enum DependencyName {
    private static let kinds: [(String, Phrase)] = [
        (
            "PostgreSQL",
            Phrase([
                "postgres", "psycopg", "pg bouncer", "pgbouncer", " 5432 ", "npgsql", "asyncpg", " pq ", "libpq",
                "sqlstate 08", "pgx",
            ])
        ),
        ("MySQL", Phrase(["mysql", "mariadb", " 3306 ", "communications link failure"])),
        ("Redis", Phrase(["redis", " 6379 ", "memorystore", "valkey", "lettuce", "jedis"])),
        ("MongoDB", Phrase(["mongo", " 27017 ", "server selection"])),
        ("Kafka", Phrase(["kafka", " 9092 ", "no brokers"])),
        ("RabbitMQ", Phrase(["rabbit", "amqp", " 5672 "])),
        ("Elasticsearch", Phrase(["elasticsearch", "opensearch", " 9200 "])),
        ("Memcached", Phrase(["memcache", " 11211 "])),
        ("NATS", Phrase([" nats ", " 4222 "])),
        ("SQL Server", Phrase(["sqlserver", "sql server", "mssql", " 1433 "])),
        ("Cloud SQL", Phrase(["cloud sql", "cloudsql"])),
        ("etcd", Phrase(["etcd", " 2379 "])),
        ("Pulsar", Phrase(["pulsar", " 6650 "])),
        ("MQTT", Phrase(["mqtt", " 1883 "])),
        ("Oracle", Phrase([" ora ", "oracle", " 1521 "])),
        ("ClickHouse", Phrase(["clickhouse", " 8123 "])),
        ("Cassandra", Phrase(["cassandra", "datastax", " 9042 "])),
        (
            "the database",
            Phrase([
                "database", " db ", "sqlalchemy", "hikari", "jdbc", "active record", "activerecord", "prisma",
                "sequelize", " ecto ", "dbconnection",
            ])
        ),
    ]

    /// A service of the loop, else a kind of database, cache or queue.
    static func known(in text: SeenText, services: [String] = []) -> String? {
        let named = services.first { text.mentions(SeenText.words(of: $0)) }
        return named ?? kinds.first { _, words in words.fits(text) }?.0
    }
}
