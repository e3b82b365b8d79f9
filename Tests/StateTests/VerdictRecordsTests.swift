import GoogleCloudStub
import Releases
import Synchronization
import Testing
import Verification

@testable import State

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What earlier runs of suites came to, wherever it is kept.
@Suite struct VerdictRecordsTests {
    private static let digest = "sha256:1"

    private static func entry(_ id: String) -> SuiteIndex.Entry { SuiteIndex.Entry(suite: "api \"smoke\"", id: id) }

    private static func run(
        _ number: Int, digest: String? = digest, skips: Int = 0, mark: String = "m", _ outcomes: [String: Bool]
    ) -> KeptVerdict {
        KeptVerdict(
            RecordedRun(
                startedAt: 1_795_000_000.25 + Double(number), result: outcomes.values.contains(false) ? .fail : .pass,
                digest: digest, skips: ["api \"smoke\"": skips],
                outcomes: outcomes.sorted { $0.key < $1.key }.map {
                    RecordedRun.Outcome(entry: entry($0.key), passed: $0.value)
                }), service: "backend", mark: mark)
    }

    /// In each place, for the environment `staging`.
    private static func with(
        _ store: Store, _ body: (any VerdictRecords) async throws -> Void
    ) async throws {
        try await store.with { place in
            guard let state = try place.open() as? any MovableState else {
                Issue.record("a place that cannot be moved")
                return
            }
            try await body(state.verdicts(of: "staging"))
        }
    }

    @Test(arguments: Store.allCases) func `what is remembered is what was run`(store: Store) async throws {
        try await Self.with(store) { records in
            #expect(try await records.runs().isEmpty)
            try await records.add(Self.run(2, skips: 3, ["a": true]))
            try await records.add(Self.run(1, digest: nil, ["a": false]))
            let runs = try await records.history(of: nil, about: []).runs
            #expect(runs.map(\.startedAt) == [1_795_000_001.25, 1_795_000_002.25])
            #expect(runs.map(\.result) == [.fail, .pass])
            #expect(runs.map(\.digest) == [nil, Self.digest])
            #expect(runs.map(\.skips) == [["api \"smoke\"": 0], ["api \"smoke\"": 3]])
            #expect(runs.allSatisfy { !$0.isNarrowed })
            let whole = try await records.wholeHistory()
            #expect(whole.runs.map { $0.outcomes.map(\.passed) } == [[false], [true]])
        }
    }

    @Test(arguments: Store.allCases) func `of single checks only what is asked for is read`(store: Store) async throws {
        try await Self.with(store) { records in
            try await records.add(Self.run(1, ["a": true, "b": true, "c": true]))
            try await records.add(Self.run(2, ["a": false, "b": true, "c": true]))
            try await records.add(Self.run(3, digest: "sha256:2", ["a": true, "b": false, "c": true]))
            #expect(try await records.history(of: nil, about: []).runs.allSatisfy { $0.outcomes.isEmpty })

            let ofImage = try await records.history(of: Self.digest, about: [])
            #expect(ofImage.flaky(on: Self.digest) == [Self.entry("a")])
            #expect(ofImage.runs.map { $0.outcomes.map(\.entry.id) } == [["a"], ["a"], []])

            let ofCheck = try await records.history(of: nil, about: [Self.entry("b")])
            #expect(ofCheck.runs.map { $0.outcomes.map(\.passed) } == [[true], [true], [false]])
            #expect(ofCheck.runs.flatMap { $0.outcomes.map(\.entry.id) } == ["b", "b", "b"])

            let ofBoth = try await records.history(of: Self.digest, about: [Self.entry("b")])
            #expect(ofBoth.flaky(on: Self.digest) == [Self.entry("a")])
            #expect(ofBoth.runs.map { Set($0.outcomes.map(\.entry.id)) } == [["a", "b"], ["a", "b"], ["b"]])
        }
    }

    @Test(arguments: Store.allCases) func `a check that never passed is known as broken`(store: Store) async throws {
        try await Self.with(store) { records in
            for number in 0..<VerificationHistory.runsThatProveBroken {
                try await records.add(Self.run(number, ["a": false, "b": true]))
            }
            let history = try await records.history(of: nil, about: [Self.entry("a"), Self.entry("b")])
            #expect(history.isBroken(Self.entry("a")))
            #expect(!history.isBroken(Self.entry("b")))
        }
    }

    @Test func `the oldest go with all that belongs to them`() async throws {
        try await withStateFolder { folder in
            let records = VerdictFolder(stateFolder: folder, environment: "staging")
            for number in 0..<103 { try await records.add(Self.run(number, ["a": true])) }
            let files = try FileManager.default.contentsOfDirectory(atPath: records.folder)
            #expect(files.count == 200)
            #expect(try await records.runs().map(\.run.startedAt).min() == 1_795_000_003.25)
            for file in files {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(records.folder)/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
        let bucket = MemoryBucket(now: TestClock().now)
        let records = BucketVerdicts(BucketState(bucket, clock: TestDurations(clock: TestClock())), environment: "e")
        try await records.add((0..<99).map { (Self.run($0, ["a": true]), []) })
        // Cut before the list names it: nobody ever reads it.
        bucket.overwrite("verdicts/e/runs/1794999999000-backend-m.json", "{}")
        for number in 99..<103 { try await records.add(Self.run(number, ["a": true])) }
        #expect(bucket.names.count { $0.hasPrefix("verdicts/e/runs/") } == 100)
        #expect(try await records.runs().count == 100)
        #expect(try await records.runs().map(\.run.startedAt).min() == 1_795_000_003.25)
    }

    @Test func `what was cut short on a disk is no history`() async throws {
        try await withStateFolder { folder in
            let records = VerdictFolder(stateFolder: folder, environment: "staging")
            try await records.add(Self.run(1, ["a": true]))
            try await records.add(Self.run(2, ["a": false]))
            let names = try FileManager.default.contentsOfDirectory(atPath: records.folder).sorted()
            try Data("{\"startedAt\":17950".utf8).write(to: URL(filePath: "\(records.folder)/\(names[0])"))
            try Data("{\"passed\":{},\"failed\":{\"api".utf8).write(to: URL(filePath: "\(records.folder)/\(names[3])"))
            let runs = try await records.history(of: Self.digest, about: [Self.entry("a")]).runs
            #expect(runs.map(\.startedAt) == [1_795_000_002.25])
            #expect(runs.allSatisfy { $0.outcomes.isEmpty })
        }
    }

    // MARK: - A team

    @Test(.timeLimit(.minutes(2))) func `of runs that end together on many machines none is lost`() async throws {
        try await Store.cloudStorage.with { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for machine in 0..<12 {
                    guard let state = try place.open() as? any MovableState else { continue }
                    group.addTask {
                        for number in 0..<3 {
                            try await state.verdicts(of: "staging").add(
                                Self.run(number, mark: "\(machine)", ["a": machine % 2 == 0]))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let state = try #require(try place.open() as? any MovableState)
            let history = try await state.verdicts(of: "staging").wholeHistory()
            #expect(history.runs.count == 36)
            #expect(history.trends.map(\.runs) == [36] && history.trends.first?.passed == 18)
        }
    }

    @Test(arguments: [MemoryBucket.Fault.refused, .answerLost, .late])
    func `a write whose answer is lost keeps the run once`(fault: MemoryBucket.Fault) async throws {
        for place in ["runs/", "list.json"] {
            let clock = TestClock()
            let bucket = MemoryBucket(now: clock.now)
            let records = BucketVerdicts(BucketState(bucket, clock: TestDurations(clock: clock)), environment: "e")
            try await records.add(Self.run(1, ["a": true]))
            bucket.fail(place, fault)
            try await records.add(Self.run(2, ["a": false]))
            let history = try await records.wholeHistory()
            #expect(history.runs.map { $0.outcomes.map(\.passed) } == [[true], [false]], "\(place) \(fault)")
        }
    }

    @Test func `an offline laptop goes on, and brings what it has when it is back`() async throws {
        try await withStateFolder { folder in
            let clock = TestClock()
            let bucket = MemoryBucket(now: clock.now)
            let network = Network(bucket)
            let told = Mutex(0)
            func laptop() -> TeamVerdicts {
                let kept = KeptBucket(network, folder: folder + "/team") { _ in }
                return TeamVerdicts(
                    BucketVerdicts(BucketState(kept, clock: TestDurations(clock: clock)), environment: "e"),
                    folder: folder + "/waiting"
                ) { _ in told.withLock { $0 += 1 } }
            }
            let desk = BucketVerdicts(BucketState(bucket, clock: TestDurations(clock: clock)), environment: "e")
            try await desk.add(Self.run(1, ["a": true]))
            #expect(try await laptop().wholeHistory().runs.count == 1)

            network.isCut = true
            try await laptop().add(Self.run(3, mark: "laptop", ["a": false]))
            #expect(told.withLock { $0 } == 1)
            try await desk.add(Self.run(2, ["a": true]))
            let alone = try await laptop().wholeHistory()
            #expect(alone.runs.map { $0.outcomes.map(\.passed) } == [[true], [false]], "what was seen, and its own")
            #expect(alone.flaky(on: Self.digest) == [Self.entry("a")])

            network.isCut = false
            _ = bucket.takeRequests()
            let together = try await laptop().wholeHistory()
            #expect(together.runs.map { $0.outcomes.map(\.passed) } == [[true], [true], [false]])
            #expect(try await desk.wholeHistory() == together, "the others see it too")
            #expect(VerdictFolder(folder: folder + "/waiting").isEmpty)
            _ = bucket.takeRequests()
            _ = try await laptop().wholeHistory()
            let reads = bucket.takeRequests().filter { $0.hasPrefix("read verdicts/") }
            #expect(reads.allSatisfy { $0.hasSuffix("list.json") }, "what never changes is not fetched again: \(reads)")
        }
    }

    @Test func `a move carries it both ways, once`() async throws {
        try await withStateFolder { folder in
            let clock = TestClock()
            let file = try SQLiteState(folder: folder, now: clock.now)
            let bucket = BucketState(MemoryBucket(now: clock.now), clock: TestDurations(clock: clock))
            for number in 1...3 { try await file.verdicts(of: "local").add(Self.run(number, ["a": number > 1])) }
            try await file.verdicts(of: "staging").add(Self.run(9, ["a": true]))
            let before = try await file.verdicts(of: "local").wholeHistory()
            let load = try await StateMove(of: "local", from: file, to: bucket, who: "ada", time: "t").run()
            #expect(load.verdicts == 3)
            #expect(try await BucketVerdicts(bucket, environment: "local").wholeHistory() == before)

            try await BucketVerdicts(bucket, environment: "local").add(Self.run(4, ["a": false]))
            let back = try await StateMove(of: "local", from: bucket, to: file, who: "ada", time: "t").run()
            #expect(back.verdicts == 4)
            let after = try await file.verdicts(of: "local").wholeHistory()
            #expect(after.runs.map { $0.outcomes.map(\.passed) } == [[false], [true], [true], [false]])
            let gone = try await failure {
                try await BucketVerdicts(bucket, environment: "local").add(Self.run(5, ["a": true]))
            }
            #expect(gone.category == .configuration)
        }
    }
}
