import GRDB
import Releases
import Testing

@testable import State

@Suite struct LedgerTests {
    private func document(
        _ run: String, started: String, environment: String = "local", services: [String] = ["backend"],
        region: String = "us-central1",
        outcome: ReleaseOutcome = .promoted
    ) -> ReleaseDocument {
        ReleaseDocument(
            run: run, kind: .deploy, environment: environment, started: started, finished: nil, initiator: "ada",
            outcome: outcome,
            services: services.map { ServiceResult(service: $0, region: region, outcome: outcome) },
            steps: [StepResult(id: "build:backend", status: .done, seconds: 1)],
            verdict: VerdictSummary(result: .pass, rule: "all", counts: ["total": 0]))
    }

    @Test(arguments: Store.allCases) func `releases of one second come newest first`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            // By their names they would stand the other way round.
            for (run, milliseconds) in [("r-a", "137"), ("r-b", "005"), ("r-c", "042")] {
                try await state.record(document(run, started: "2026-01-01T00:00:00.\(milliseconds)Z"))
            }
            let runs = try await state.releases(environment: "local", service: nil, limit: 10).map(\.run)
            #expect(runs == ["r-a", "r-c", "r-b"])
        }
    }

    @Test(arguments: Store.allCases) func `releases come newest first and by service`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            let old = document("r1", started: "2026-01-01T00:00:00Z")
            let new = document("r2", started: "2026-01-03T00:00:00Z", services: ["backend", "auth"])
            let middle = document("r3", started: "2026-01-02T00:00:00Z", services: ["auth"])
            let elsewhere = document("r4", started: "2026-01-04T00:00:00Z", environment: "staging")
            for release in [old, new, middle, elsewhere] { try await state.record(release) }
            #expect(try await state.releases(environment: "local", service: nil, limit: 10) == [new, middle, old])
            #expect(try await state.releases(environment: "local", service: "auth", limit: 10) == [new, middle])
            #expect(try await state.releases(environment: "local", service: nil, limit: 1) == [new])
            #expect(try await state.releases(environment: "local", service: nil, limit: -1) == [])
            #expect(try await state.release(run: "r4") == elsewhere)
            #expect(try await state.release(run: "nobody") == nil)
        }
    }

    @Test(arguments: Store.allCases) func `releases come by region too`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            let here = document("r1", started: "2026-01-01T00:00:00Z")
            let there = document("r2", started: "2026-01-02T00:00:00Z", region: "europe-west1")
            var both = document("r3", started: "2026-01-03T00:00:00Z", services: ["auth"])
            both.services += there.services
            for release in [here, there, both] { try await state.record(release) }
            func found(_ service: String?, _ regions: [String]) async throws -> [String] {
                try await state.releases(environment: "local", service: service, regions: regions, limit: 10).map(\.run)
            }
            #expect(try await found(nil, ["us-central1"]) == ["r3", "r1"])
            #expect(try await found("backend", ["us-central1"]) == ["r1"])
            #expect(try await found("backend", ["us-central1", "europe-west1"]) == ["r3", "r2", "r1"])
            #expect(try await found("backend", []) == ["r3", "r2", "r1"])
            #expect(try await found("auth", ["europe-west1"]) == [])
        }
    }

    /// As version 3 wrote it: which services a release is about stood in a table without their regions.
    @Test func `a file of an earlier version learns the regions of its releases`() async throws {
        try await withStateFolder { folder in
            let earlier = document("r1", started: "2026-01-01T00:00:00Z", services: ["auth", "backend"])
            do {
                let state = try SQLiteState(folder: folder)
                try await state.record(earlier)
                try await state.queue.write { database in
                    try database.execute(
                        sql: """
                            DROP TABLE release_service;
                            CREATE TABLE release_service (
                                run TEXT NOT NULL REFERENCES release (run), service TEXT NOT NULL,
                                PRIMARY KEY (run, service)) STRICT, WITHOUT ROWID;
                            INSERT INTO release_service VALUES ('r1', 'auth'), ('r1', 'backend');
                            DROP INDEX release_newest;
                            ALTER TABLE release DROP COLUMN outcome;
                            CREATE INDEX release_newest ON release (environment, started, position);
                            DELETE FROM grdb_migrations WHERE identifier LIKE '4 %' OR identifier LIKE '6 %';
                            """)
                }
                try state.queue.close()
            }
            let state = try SQLiteState(folder: folder)
            #expect(
                try await state.releases(environment: "local", service: "auth", regions: ["us-central1"], limit: 1)
                    == [earlier])
            #expect(
                try await state.releases(environment: "local", service: "auth", regions: ["europe-west1"], limit: 1)
                    == [])
            try await state.record(document("r2", started: "2026-01-02T00:00:00Z", region: "europe-west1"))
            #expect(try await state.releases(environment: "local", service: nil, limit: 9).map(\.run) == ["r2", "r1"])
        }
    }

    @Test(arguments: Store.allCases) func `a second record of a run replaces the first`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            try await state.record(document("r1", started: "2026-01-01T00:00:00Z", services: ["backend", "auth"]))
            let replaced = document("r1", started: "2026-01-01T00:00:00Z", outcome: .rolledBack)
            try await state.record(replaced)
            #expect(try await state.releases(environment: "local", service: nil, limit: 10) == [replaced])
            #expect(try await state.releases(environment: "local", service: "auth", limit: 10) == [])
        }
    }

    @Test(arguments: Store.allCases) func `an image is remembered by builder, repository and source`(store: Store)
        async throws
    {
        try await store.with { place in
            let state = try place.open()
            let image = BuiltImage(reference: ImageReference("backend@sha256:1"), bytes: 1 << 33)
            try await state.record(image, builder: "docker", repository: "backend", sourceDigest: "d1")
            #expect(try await state.image(builder: "docker", repository: "backend", sourceDigest: "d1") == image)
            #expect(try await state.image(builder: "podman", repository: "backend", sourceDigest: "d1") == nil)
            #expect(try await state.image(builder: "docker", repository: "auth", sourceDigest: "d1") == nil)
            #expect(try await state.image(builder: "docker", repository: "backend", sourceDigest: "d2") == nil)
            let again = BuiltImage(reference: ImageReference("backend@sha256:2"))
            try await state.record(again, builder: "docker", repository: "backend", sourceDigest: "d1")
            #expect(try await state.image(builder: "docker", repository: "backend", sourceDigest: "d1") == again)
        }
    }
}
