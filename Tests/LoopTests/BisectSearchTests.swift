import Loop
import Testing

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
                let place = Int(commit.dropFirst()) ?? 0
                search.add(BisectProbe(run: "p", commit: commit, result: place < first ? .good : .bad))
            }
            #expect(search.firstBadCommit == "c\(first)", "of \(count)")
            let halves = Int.bitWidth - (count - 1).leadingZeroBitCount
            #expect(search.probes.count <= halves, "of \(count), \(first)")
        }
    }

    @Test func `commits that cannot be tried are all suspected with the first bad one after them`() {
        var search = search(5)
        while let commit = search.next {
            let place = Int(commit.dropFirst()) ?? 0
            let result: BisectProbe.Result = [1, 2].contains(place) ? .unknown : place < 1 ? .good : .bad
            search.add(BisectProbe(run: "p", commit: commit, result: result))
        }
        #expect(search.firstBadCommit == nil)
        #expect(search.suspects == ["c1", "c2", "c3"])
    }

    @Test func `nothing between is nothing to search`() {
        #expect(search(0).next == nil)
        #expect(search(0).suspects.isEmpty)
        #expect(search(1).next == nil)
    }
}
