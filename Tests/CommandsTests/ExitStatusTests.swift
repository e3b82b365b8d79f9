import Releases
import Testing

@testable import Commands

@Suite struct ExitStatusTests {
    @Test(arguments: [
        (Failure.Category.usage, Int32(64)), (.configuration, 65), (.unavailable, 69), (.permission, 4), (.conflict, 5),
        (.release, 1), (.checks, 3), (.needsAttention, 6), (.deadline, 75), (.interrupted, 130), (.terminated, 143),
        (.internalError, 70),
    ])
    func `every category of failure has its exit code`(category: Failure.Category, code: Int32) {
        #expect(ExitStatus(Failure(category, "x")).rawValue == code)
    }

    @Test func `the printed table names every code once`() {
        for status in ExitStatus.allCases {
            #expect(ExitStatus.table.split(separator: "\n").count { $0.hasSuffix(status.meaning) } == 1)
        }
    }

    @Test func `an assignment is split at the first equals sign`() throws {
        let assignment = try #require(Assignment(argument: "KEY=a=b"))
        #expect(assignment.name == "KEY")
        #expect(assignment.value == "a=b")
        #expect(Assignment(argument: "=x") == nil)
        #expect(Assignment(argument: "novalue") == nil)
    }

    @Test(arguments: [
        ("30s", Duration.seconds(30)), ("250ms", .milliseconds(250)), ("5m", .seconds(300)), ("7", .seconds(7)),
    ])
    func `durations are read with their unit`(text: String, expected: Duration) {
        #expect(DurationArgument(argument: text)?.duration == expected)
    }

    @Test(arguments: ["", "-1s", "5x", "s", "99999999999999999999s"])
    func `what is no duration is refused`(text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test func `the beginning of a run is told to the millisecond, and to people to the second`() {
        let text = Timestamp.beginning()
        #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(text)")
        #expect(Timestamp.toTheSecond("2026-01-02T03:04:05.678Z") == "2026-01-02T03:04:05Z")
        #expect(Timestamp.toTheSecond("2026-01-02T03:04:05Z") == "2026-01-02T03:04:05Z")
    }

    @Test func `run names fit a label and differ`() {
        let names = (0..<200).map { _ in RunName.make() }
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.utf8.count <= 63)
            #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
        }
    }
}
