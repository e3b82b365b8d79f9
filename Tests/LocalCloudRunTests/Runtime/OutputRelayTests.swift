import Testing
import Transport

@testable import LocalCloudRun

@Suite struct OutputRelayTests {
    @Test(
        arguments: [
            // What the follower saw of a container that wrote a, b, c (output) and x, y (errors).
            (["a", "b", "c"], ["x", "y"]), (["a"], ["x", "y"]), (["a", "b", "c"], []), ([], []),
        ] as [([String], [String])])
    func `every line is handed over once, whatever the follower missed`(
        output: [String], errors: [String]
    ) {
        let log = OutputLog()
        let relay = OutputRelay { log.append($0, isError: $1) }
        for line in output { relay.follow(line, .output) }
        for line in errors { relay.follow(line, .error) }
        for line in ["a", "b", "c"] { relay.catchUp(line, .output) }
        for line in ["x", "y"] { relay.catchUp(line, .error) }
        #expect(log.output == ["a", "b", "c"])
        #expect(log.errors == ["x", "y"])
    }

    @Test func `an engine that has less at the end than before takes nothing back`() {
        let log = OutputLog()
        let relay = OutputRelay { log.append($0, isError: $1) }
        for line in ["a", "b"] { relay.follow(line, .output) }
        relay.catchUp("b", .output)
        #expect(log.output == ["a", "b"])
    }
}
