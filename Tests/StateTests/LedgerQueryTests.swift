import GRDB
import Releases
import Testing

@testable import State

/// What `history` asks for, in every store against what a look at every release finds.
@Suite struct LedgerQueryTests {
    private static let outcomes: [ReleaseOutcome] = [.promoted, .failed, .rolledBack, .unchanged]

    /// Different in all that can be asked for, several in one second among them.
    private static func documents() -> [ReleaseDocument] {
        (0..<40).map { number in
            let outcome = outcomes[number % 7 % 4]
            let names = [["api"], ["web"], ["api", "web"], ["jobs"]][number % 4]
            let services = names.map { name in
                var result = ServiceResult(
                    service: name, region: number % 3 == 0 ? "europe-west1" : "us-central1", outcome: outcome)
                result.commit = String(repeating: ["ab", "ac", "0f"][number % 5 % 3], count: 20)
                if name == "web" { result.commit = String(repeating: "ab", count: 20) }
                if number == 9 { result.commit = nil }
                return result
            }
            let day = number / 4 + 1
            return ReleaseDocument(
                run: "run-\((number * 17) % 40)", kind: .deploy, environment: "local",
                started: "2026-01-\(day < 10 ? "0" : "")\(day)T00:00:00.\((number % 4) * 100 + 100)Z", finished: nil,
                initiator: "ada", outcome: outcome, services: services, steps: [],
                verdict: VerdictSummary(result: .pass, rule: "all", counts: [:]))
        }
    }

    private static func queries() -> [LedgerQuery] {
        var queries: [LedgerQuery] = []
        for services in [[], ["api"], ["web", "jobs"], ["nobody"]] {
            for regions in [[], ["europe-west1"], ["us-central1", "europe-west1"]] {
                for outcomes: [ReleaseOutcome] in [[], [.failed], [.promoted, .rolledBack], [.held]] {
                    for commit: String? in [nil, "ab", "a", String(repeating: "0f", count: 20), "dead"] {
                        queries.append(
                            LedgerQuery(
                                environment: "local", services: services, regions: regions, outcomes: outcomes,
                                commit: commit, limit: 1000))
                    }
                }
            }
        }
        for (since, until) in [
            ("2026-01-03T00:00:00.000", nil), (nil, "2026-01-03T00:00:00.000"),
            ("2026-01-03T00:00:00.200", "2026-01-05T00:00:00.300"), ("2030", nil), (nil, "2020"),
        ] as [(String?, String?)] {
            for services in [[], ["api"]] {
                queries.append(
                    LedgerQuery(
                        environment: "local", services: services, since: since, until: until, limit: 1000))
            }
        }
        return queries
    }

    private static func text(_ query: LedgerQuery) -> String {
        "\(query.services) \(query.regions) \(query.outcomes) \(query.commit ?? "") \(query.since ?? "") "
            + "\(query.until ?? "") \(query.after ?? "")"
    }

    @Test(arguments: Store.allCases)
    func `every filter finds what a look at every release finds`(store: Store) async throws {
        let documents = Self.documents()
        let newest = documents.sorted { $0.started > $1.started }
        let all = Self.queries()
        // A request of HTTP for each is slower, and the code is the same.
        let queries =
            store == .cloudStorage ? all.enumerated().filter { $0.offset % 9 == 0 }.map(\.element) : all
        try await store.with { place in
            let state = try place.open()
            for document in documents.shuffled() { try await state.record(document) }
            for query in queries {
                let expected = newest.filter(query.matches)
                #expect(try await state.releases(query) == expected, "\(Self.text(query))")
                // And by pages, which together are the whole.
                var (pages, page) = ([ReleaseDocument](), query)
                page.limit = 3
                while case let found = try await state.releases(page), let last = found.last {
                    #expect(found.count <= 3)
                    pages += found
                    page.after = last.run
                    guard pages.count <= expected.count else { break }
                }
                #expect(pages == expected, "by pages: \(Self.text(query))")
            }
            let refusal = try await failure {
                _ = try await state.releases(LedgerQuery(environment: "local", after: "nobody", limit: 3))
            }
            #expect(refusal.category == .usage && refusal.summary == "no release is called `nobody`")
        }
    }

    @Test(arguments: Store.allCases)
    func `what was recorded anew is found as it is now`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            var document = Self.documents()[0]
            document.outcome = .needsAttention
            try await state.record(document)
            document.outcome = .rolledBack
            document.services[0].commit = String(repeating: "77", count: 20)
            try await state.record(document)
            func found(_ outcome: ReleaseOutcome?, _ commit: String?, _ services: [String]) async throws -> Int {
                try await state.releases(
                    LedgerQuery(
                        environment: "local", services: services, outcomes: outcome.map { [$0] } ?? [], commit: commit,
                        limit: 9)
                ).count
            }
            for services in [[], ["api"]] {
                #expect(try await found(.needsAttention, nil, services) == 0)
                #expect(try await found(.rolledBack, nil, services) == 1)
                #expect(try await found(nil, "abab", services) == 0)
                #expect(try await found(nil, "7777", services) == 1)
            }
        }
    }

    @Test(arguments: Store.allCases)
    func `what releases did to services is told oldest first, once for each`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            guard let figures = state as? any DeliveryRecords else {
                Issue.record("no figures")
                return
            }
            var documents = Self.documents()
            for document in documents.shuffled() { try await state.record(document) }
            documents[5].finished = "2026-01-02T01:00:00Z"
            try await state.record(documents[5])
            let expected = documents.sorted { $0.started < $1.started }.flatMap(Delivery.all)
            func order(_ deliveries: [Delivery]) -> [Delivery] {
                deliveries.sorted { ($0.started, $0.service) < ($1.started, $1.service) }
            }
            let all = try await figures.deliveries(environment: "local", since: nil)
            #expect(all.map(\.started) == expected.map(\.started))
            #expect(order(all) == order(expected))
            let later = try await figures.deliveries(environment: "local", since: "2026-01-04T00:00:00.200")
            #expect(later.count == expected.count { $0.started >= Delivery.moment("2026-01-04T00:00:00.200") ?? 0 })
            #expect(try await figures.deliveries(environment: "elsewhere", since: nil).isEmpty)
        }
    }

    @Test func `releases that an earlier version recorded are found by all that is asked for now`() async throws {
        try await withStateFolder { folder in
            let documents = Self.documents()
            let state = try SQLiteState(folder: folder)
            for document in documents { try await state.record(document) }
            let expected = try await state.deliveries(environment: "local", since: nil)
            // As version 5 left it.
            try await state.write { database in
                try database.execute(
                    sql: """
                        DROP TABLE release_service;
                        CREATE TABLE release_service (
                            run TEXT NOT NULL REFERENCES release (run), service TEXT NOT NULL, region TEXT NOT NULL,
                            PRIMARY KEY (run, service, region)
                        ) STRICT, WITHOUT ROWID;
                        INSERT OR IGNORE INTO release_service (run, service, region)
                            SELECT release.run, json_extract(entry.value, '$.service'),
                                json_extract(entry.value, '$.region')
                            FROM release, json_each(release.document, '$.services') AS entry;
                        DROP INDEX release_newest;
                        ALTER TABLE release DROP COLUMN outcome;
                        CREATE INDEX release_newest ON release (environment, started, position);
                        DELETE FROM grdb_migrations WHERE identifier LIKE '6 %';
                        """)
            }
            let later = try SQLiteState(folder: folder)
            for query in Self.queries() {
                let found = try await later.releases(query)
                #expect(found == documents.sorted { $0.started > $1.started }.filter(query.matches))
            }
            #expect(try await later.deliveries(environment: "local", since: nil) == expected)
        }
    }
}
