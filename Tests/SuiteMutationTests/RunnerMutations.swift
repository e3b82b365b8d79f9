import JSON

@testable import Verification

/// Tests of an external runner: each is a check, and there is one start for all of them.
extension SampleSuites {
    /// How the tests hear which defect each of them is to ask for, as `{"test_name": "mutation"}`.
    private static let variable = "SAMPLE_MUTATIONS"

    /// The ids of its tests, which pass without a mutation.
    func tests(of check: Check, in suite: Suite, _ service: String) async -> [String] {
        await run(suite.only(check), of: service).map(\.id)
    }

    /// What is wrong with the map, and which test does not notice its own.
    func problems(of check: Check, in suite: Suite, _ service: String, _ map: MutationMap) async -> [String] {
        let tests = await tests(of: check, in: suite, service)
        var problems = map.ids.filter { $0.hasPrefix(Check.ofRunner(check.id)) }.subtracting(tests).sorted().map {
            "\(suite.name) has no test `\($0)`"
        }
        let mutations = Dictionary(tests.map { ($0, map.mutations(of: $0, before: $0)) }) { first, _ in first }
        for test in tests where mutations[test]?.isEmpty != false {
            problems.append("\(suite.name)/\(test) has no mutation")
        }
        for round in 0..<(mutations.values.map(\.count).max() ?? 0) {
            let asked = mutations.compactMapValues { $0.indices.contains(round) ? $0[round] : nil }
            let results = await run(suite.only(check.asking(asked, by: Self.variable)), of: service)
            for (test, mutation) in asked.sorted(by: { $0.key < $1.key }) {
                let status = results.first { $0.id == test }?.status
                if status != .failed {
                    let seen = status.map(\.rawValue) ?? "not there"
                    problems.append("\(suite.name)/\(test) does not notice `\(mutation)`: \(seen)")
                }
            }
        }
        return problems
    }
}

extension Suite {
    fileprivate func only(_ check: Check) -> Suite {
        var suite = self
        suite.checks = [check]
        suite.controls = []
        return suite
    }
}

extension Check {
    /// The names of tests are what comes after file or class.
    fileprivate func asking(_ mutations: [String: String], by variable: String) -> Check {
        guard case .runner(var runner) = kind else { return self }
        let names = mutations.map {
            ($0.key.split(separator: ".").last.map(String.init) ?? "", JSONValue.string($0.value))
        }
        let document = JSONValue.object(Dictionary(names) { first, _ in first })
        runner.environment.append(.init(name: variable, value: .literal(document.serialized())))
        var check = self
        check.kind = .runner(runner)
        return check
    }
}
