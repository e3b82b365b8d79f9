import Testing

@testable import Verification

@Suite struct CheckQueueTests {
    private static func check(_ id: String, base: String? = nil, needs: [String] = []) -> Check {
        Check(id: id, baseID: base, kind: .http(HTTPCheck(path: .literal("/"))), needs: needs)
    }

    /// Takes what is ready, ends it with its status, until nothing is ready any more.
    private static func play(
        _ checks: [Check], _ statuses: [String: CheckStatus] = [:]
    ) -> (order: [String], lost: [String], rest: [String]) {
        var queue = CheckQueue(checks)
        var order: [String] = []
        var lost: [String] = []
        while let index = queue.next() {
            order.append(checks[index].id)
            var ended = [(index, statuses[checks[index].id] ?? .passed)]
            while let (index, status) = ended.popLast() {
                for (check, need) in queue.end(index, status) {
                    lost.append("\(checks[check].id)<\(checks[need].id)")
                    ended.append((check, .blocked))
                }
            }
        }
        return (order, lost, queue.giveUp().map { checks[$0].id })
    }

    @Test func `checks without needs keep the order of the file`() {
        let played = Self.play((0..<50).map { Self.check("c\($0)") })
        #expect(played.order == (0..<50).map { "c\($0)" })
        #expect(played.lost.isEmpty && played.rest.isEmpty)
    }

    @Test func `a check comes when all that it needs have passed`() {
        let checks = [
            Self.check("last", needs: ["middle", "first"]), Self.check("first"), Self.check("other"),
            Self.check("middle", needs: ["first"]),
        ]
        #expect(Self.play(checks).order == ["first", "other", "middle", "last"])
        #expect(Self.play(checks, ["middle": .flaky]).order.last == "last")
    }

    @Test func `a check before others in the file comes first once it is ready`() {
        let checks = [Self.check("a", needs: ["b"]), Self.check("b"), Self.check("c"), Self.check("d")]
        #expect(Self.play(checks).order == ["b", "a", "c", "d"])
    }

    @Test func `a need means all rows of that name`() {
        let checks = [
            Self.check("row[1]", base: "row"), Self.check("row[2]", base: "row"), Self.check("all", needs: ["row"]),
            Self.check("one", needs: ["row[1]"]),
        ]
        #expect(Self.play(checks).order == ["row[1]", "row[2]", "all", "one"])
        let played = Self.play(checks, ["row[2]": .failed])
        #expect(played.order == ["row[1]", "row[2]", "one"])
        #expect(played.lost == ["all<row[2]"])
    }

    @Test(arguments: [CheckStatus.failed, .error, .skipped, .blocked, .notRun, .xfail, .waived, .quarantined, .xpass])
    func `what did not pass takes along all that need it`(status: CheckStatus) {
        let checks = [
            Self.check("a"), Self.check("b", needs: ["a"]), Self.check("c", needs: ["b"]), Self.check("d"),
        ]
        let played = Self.play(checks, ["a": status])
        #expect(played.order == ["a", "d"])
        #expect(played.lost == ["b<a", "c<b"])
        #expect(played.rest.isEmpty)
    }

    @Test func `a circle is left over`() {
        let checks = [
            Self.check("a", needs: ["b"]), Self.check("b", needs: ["a"]), Self.check("self", needs: ["self"]),
            Self.check("free"),
        ]
        let played = Self.play(checks)
        #expect(played.order == ["free"])
        #expect(played.rest == ["a", "b", "self"])
    }

    @Test func `a need that nothing is called holds nothing up`() {
        #expect(Self.play([Self.check("a", needs: ["gone"])]).order == ["a"])
    }

    @Test func `who gives up has nothing ready any more`() {
        var queue = CheckQueue([Self.check("a"), Self.check("b"), Self.check("c", needs: ["a"])])
        #expect(queue.next() == 0)
        #expect(queue.giveUp() == [1, 2])
        #expect(queue.next() == nil)
        #expect(queue.end(0, .failed).isEmpty)
    }
}
