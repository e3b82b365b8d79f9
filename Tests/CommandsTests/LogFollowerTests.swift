import Releases
import Testing

@testable import Commands

@Suite struct LogFollowerTests {
    private func line(_ second: Int, _ id: String, _ text: String = "x") -> LogLine {
        let digits = second < 10 ? "0\(second)" : "\(second)"
        return LogLine(time: "2026-03-02T09:00:\(digits)Z", severity: "INFO", text: text, insertID: id)
    }

    @Test func `what was shown is not shown again`() {
        var follower = LogFollower(after: [line(1, "a"), line(2, "b")], isCut: false, start: 0)
        #expect(follower.take([line(1, "a"), line(2, "b"), line(3, "c")]).map(\.insertID) == ["c"])
        #expect(follower.take([line(2, "b"), line(3, "c")]).isEmpty)
    }

    @Test func `one id at two times is two entries`() {
        var follower = LogFollower(after: [line(1, "a")], isCut: false, start: 0)
        #expect(follower.take([line(2, "a")]).count == 1)
    }

    @Test func `a late entry is shown when it comes, new ones in the order of their times`() {
        var follower = LogFollower(after: [line(10, "a")], isCut: false, start: 0)
        #expect(follower.take([line(14, "d"), line(12, "c")]).map(\.insertID) == ["c", "d"])
        #expect(follower.take([line(11, "late"), line(14, "d")]).map(\.insertID) == ["late"])
    }

    @Test func `the next look begins before the newest entry, and not before what was left out on purpose`() {
        let open = LogFollower(after: [line(30, "a"), line(40, "b")], isCut: false, start: 0)
        #expect(open.since == "2026-03-02T09:00:25.000Z")
        var cut = LogFollower(after: [line(30, "a"), line(40, "b")], isCut: true, start: 0)
        #expect(cut.since == "2026-03-02T09:00:30.000Z")
        #expect(cut.take([line(29, "older"), line(41, "c")]).map(\.insertID) == ["c"])
    }

    @Test func `entries without an id are known by what they say and where`() {
        var follower = LogFollower(after: [], isCut: false, start: 0)
        let one = LogLine(time: "2026-03-02T09:00:01Z", severity: "INFO", text: "x", instance: "1")
        var other = one
        other.instance = "2"
        #expect(follower.take([one, other]).count == 2)
        #expect(follower.take([one, other]).isEmpty)
    }

    @Test func `an entry with an unreadable time is shown once and breaks nothing`() {
        var follower = LogFollower(after: [line(1, "a")], isCut: false, start: 0)
        let odd = LogLine(time: "yesterday", severity: "INFO", text: "x", insertID: "o")
        #expect(follower.take([odd]).count == 1)
        #expect(follower.take([odd]).isEmpty)
    }

    @Test func `a busy server is asked half as often, up to every thirty seconds`() {
        var pace = FollowPace(usual: .seconds(2))
        for _ in 0..<9 { pace.slowDown() }
        #expect(pace.pause == .seconds(30))
        pace.goOn()
        #expect(pace.pause == .seconds(2))
    }
}
