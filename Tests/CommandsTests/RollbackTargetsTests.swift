import Releases
import Testing

@testable import Commands

@Suite struct RollbackTargetsTests {
    private func targets(_ found: [String], missing: [String], _ category: Failure.Category = .conflict)
        -> RollbackTargets
    {
        var targets = RollbackTargets()
        for name in found { targets.add(ServiceKey(name), .success("\(name)-00001")) }
        for name in missing {
            targets.add(ServiceKey(name), .failure(Failure(category, "`\(name)` has no way back", hint: "why")))
        }
        return targets
    }

    @Test func `all that can go back do`() throws {
        #expect(
            try targets(["a", "b"], missing: []).complete(to: nil) == ["a": "a-00001", "b": "b-00001"])
    }

    @Test func `one service alone says its own reason`() {
        #expect(throws: Failure(.conflict, "`a` has no way back", hint: "why")) {
            try targets([], missing: ["a"]).complete(to: nil)
        }
    }

    @Test func `all that cannot are named at once, and those that could are the next thing to type`() throws {
        let failure = try #require(throws: Failure.self) {
            try targets(["a", "b"], missing: ["c", "d"]).complete(to: nil)
        }
        #expect(failure.category == .conflict)
        #expect(failure.details.map(\.label) == ["c", "d"])
        #expect(failure.hint == "stagectl rollback a b")
    }

    @Test func `what was asked for is part of the next thing to type`() throws {
        let failure = try #require(throws: Failure.self) {
            try targets(["a"], missing: ["b"], .usage).complete(to: "abc123")
        }
        #expect(failure.category == .usage)
        #expect(failure.hint == "stagectl rollback a --to abc123")
    }

    @Test func `where nothing can go back the hint names no empty list`() throws {
        let failure = try #require(throws: Failure.self) {
            try targets([], missing: ["a", "b"]).complete(to: nil)
        }
        #expect(failure.hint == "stagectl history, then: stagectl rollback a --to REVISION")
    }
}
