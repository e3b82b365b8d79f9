import Configuration
import Foundation
import Testing

@testable import Commands
@testable import Verification

/// Every check of this repository's suites passes the sample as it is, and fails at least one defect that is named for it:
/// a check that cannot fail proves nothing. How that is written: `environments/suites/mutations/README.md`.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SuiteMutationTests {
    /// Mutated checks at once: most of them wait for an answer that does not come.
    private static let width = 32

    @Test func `the index lists every check of the sample's suites, once, and no other`() throws {
        let (suites, configuration) = try SampleSuites.load()
        let name = try #require(configuration.environment.index)
        let index = try SuiteIndexAccess.read(name, in: configuration.folder).get()
        let beside = index.beside ?? []
        let there = suites.map(\.suite).filter { !beside.contains($0.name) }.flatMap { suite in
            suite.checks.flatMap { check in
                // What an external runner has is known when it runs.
                guard check.runner != nil else { return [SuiteIndex.Entry(suite: suite.name, id: check.id)] }
                return index.entries.filter { $0.suite == suite.name && $0.id.hasPrefix("\(check.id)/") }
            }
        }
        #expect(index.entries.count == 466)
        #expect(Set(index.entries).subtracting(there).sorted() == [], "listed, and in no suite")
        #expect(Set(there).subtracting(index.entries).sorted() == [], "in a suite, and not listed")
        // A name says which check it is, wherever it is read.
        let repeated = Dictionary(grouping: there, by: \.id).filter { $0.value.count > 1 }.keys.sorted()
        #expect(repeated == [])
    }

    @Test func `every check passes without a mutation and fails with each of its own`() async throws {
        let samples = try await SampleSuites()
        var problems: [String] = []
        do {
            problems += await unmutated(samples)
            problems += try await mutated(samples)
            for service in ["auth", "backend", "frontend"] {
                let names = Dictionary(grouping: try await samples.mutations(of: service), by: \.self)
                problems += names.filter { $0.value.count > 1 }.keys.sorted().map { "two mutations are called `\($0)`" }
            }
        } catch {
            problems.append("\(error)")
        }
        await samples.stop()
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    private func unmutated(_ samples: SampleSuites) async -> [String] {
        var problems: [String] = []
        for (suite, service) in samples.suites {
            for result in await samples.run(suite, of: service) where result.status != .passed {
                problems.append("\(suite.name)/\(result.id) is \(result.status): \(result.summary ?? "")")
            }
        }
        return problems
    }

    private func mutated(_ samples: SampleSuites) async throws -> [String] {
        var problems: [String] = []
        var work: [(check: Check, suite: Suite, service: String, mutation: String)] = []
        var unused = try await samples.mutations()
        let known = Set(unused)
        for (suite, service) in samples.suites {
            guard let map = try? MutationMap(suite: suite.name) else {
                problems.append("\(suite.name) has no file in environments/suites/mutations")
                continue
            }
            let runners = suite.checks.filter { $0.runner != nil }
            let strangers = map.ids.subtracting(suite.checks.flatMap { [$0.id, $0.baseID] })
                .filter { id in !runners.contains { id.hasPrefix("\($0.id)/") } }
            problems += strangers.sorted().map { "\(suite.name) has no check `\($0)`" }
            problems += map.names.subtracting(known).sorted().map {
                "\(suite.name): no sample has the mutation `\($0)`"
            }
            unused.removeAll(where: map.names.contains)
            for check in runners { problems += await samples.problems(of: check, in: suite, service, map) }
            for check in suite.checks where check.runner == nil {
                let own = map.mutations(of: check.id, before: check.baseID)
                if own.isEmpty { problems.append("\(suite.name)/\(check.id) has no mutation") }
                work += own.filter(known.contains).map { (check, suite, service, $0) }
            }
        }
        if ProcessInfo.processInfo.environment["STAGECTL_SUITES"] == nil {
            problems += unused.sorted().map { "no check names the mutation `\($0)`" }
        }
        await withTaskGroup(of: String?.self) { group in
            var next = work.startIndex
            func start() {
                guard next < work.endIndex else { return }
                let (check, suite, service, mutation) = work[next]
                next += 1
                group.addTask {
                    let result = await samples.run(check, of: suite, service, with: mutation)
                    if let result, result.status == .failed || result.status == .error { return nil }
                    let seen = result.map { "\($0.status) \($0.summary ?? "")" } ?? "not there"
                    return "\(suite.name)/\(check.id) does not notice `\(mutation)`: \(seen)"
                }
            }
            for _ in 0..<Self.width { start() }
            for await problem in group {
                if let problem { problems.append(problem) }
                start()
            }
        }
        return problems
    }
}
