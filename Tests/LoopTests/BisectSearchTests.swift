import Loop
import Testing
import Verification

@Suite struct BisectSearchTests {
    private func search(_ count: Int) -> BisectSearch {
        BisectSearch(BisectOrder(check: check("a"), good: "good", commits: (0..<count).map { "c\($0)" }))
    }

    @Test(arguments: [1, 2, 3, 5, 8, 33]) func `the first bad commit is found in as many halves as it takes`(
        _ count: Int
    ) {
        for first in 0..<count {
            var search = search(count)
            while let commit = search.next {
                let place = commit == "good" ? -1 : Int(commit.dropFirst()) ?? 0
                search.add(BisectProbe(run: "p", commit: commit, result: place < first ? .good : .bad))
            }
            #expect(search.firstBadCommit == "c\(first)", "of \(count)")
            let halves = Int.bitWidth - (count - 1).leadingZeroBitCount
            // And once for an end that was only assumed; a single commit has two.
            #expect(search.probes.count <= halves + (count == 1 ? 2 : 1), "of \(count), \(first)")
        }
    }

    @Test func `commits that cannot be tried are all suspected with the first bad one after them`() {
        var search = search(5)
        while let commit = search.next {
            let place = commit == "good" ? -1 : Int(commit.dropFirst()) ?? 0
            let result: BisectProbe.Result = [1, 2].contains(place) ? .unknown : place < 1 ? .good : .bad
            search.add(BisectProbe(run: "p", commit: commit, result: result))
        }
        #expect(search.firstBadCommit == nil)
        #expect(search.suspects == ["c1", "c2", "c3"])
    }

    @Test func `nothing between is nothing to search`() {
        #expect(search(0).next == nil)
        #expect(search(0).suspects.isEmpty)
    }

    @Test func `what fails where it once passed, or passes where it fails, is in none of the commits`() {
        for isAlwaysBad in [true, false] {
            var search = search(3)
            while let commit = search.next {
                search.add(BisectProbe(run: "p", commit: commit, result: isAlwaysBad ? .bad : .good))
            }
            #expect(search.isElsewhere && search.suspects.isEmpty && search.firstBadCommit == nil)
            #expect(search.probes.last?.commit == (isAlwaysBad ? "good" : "c2"))
        }
    }

    @Test func `what was found ends the chain of whys of its group, in place of what was not known`() throws {
        var search = search(2)
        while let commit = search.next {
            search.add(BisectProbe(run: "p", commit: commit, result: commit == "c1" ? .bad : .good))
        }
        func group(_ id: String) -> FailureGroup {
            FailureGroup(
                signature: FailureSignature(service: "backend", shape: "x"),
                cause: ProbableCause(
                    kind: .unknown, confidence: .unknown, statement: "x",
                    whys: [Why("it failed"), Why("bisecting tells", isKnown: false)]),
                checks: [check(id)], priority: .p1)
        }
        let told = search.told(in: [group("a"), group("b")], subjects: ["c1": "Colours"])
        let last = try #require(told[0].cause.whys.last)
        #expect(told[0].cause.whys.count == 2 && last.isKnown && last.answer.contains("commit c1 broke it"))
        #expect(last.evidence.map(\.text) == ["c1 Colours"])
        #expect(told[1] == group("b"), "another check was not asked")
    }

    @Test func `an end that cannot be asked leaves a suspect and no proof`() {
        var search = search(2)
        while let commit = search.next {
            search.add(BisectProbe(run: "p", commit: commit, result: commit == "good" ? .unknown : .bad))
        }
        #expect(search.suspects == ["c0"] && search.firstBadCommit == nil)
    }
}
