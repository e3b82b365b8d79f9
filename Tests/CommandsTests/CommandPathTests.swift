import Testing

@testable import Commands

@Suite struct CommandPathTests {
    @Test func `a line that does not parse has the schema of its command, for all of them`() {
        #expect(CommandPath.all.count > 20)
        for (names, schema) in CommandPath.all {
            #expect(CommandPath(names + ["--nonsense"]).schema == schema, "\(names)")
            #expect(CommandPath(["-e", "deploy", "-o", "json"] + names).schema == schema, "\(names)")
            #expect(CommandPath(names + ["a", "b", "c", "deploy"]).schema == schema, "\(names)")
            #expect(CommandPath(names).line == "stagectl " + names.joined(separator: " "))
        }
    }

    @Test(arguments: [
        ([], "stagectl.error/v1"), (["nonsense"], "stagectl.error/v1"), (["traffic"], "stagectl.traffic/v1"),
        (["traffic", "nonsense"], "stagectl.traffic/v1"), (["config"], "stagectl.config/v1"),
        (["lock", "-x"], "stagectl.lock/v1"), (["local", "--nonsense"], "stagectl.local/v1"),
        (["local", "faults", "--nonsense"], "stagectl.local-faults/v1"), (["--", "deploy"], "stagectl.error/v1"),
    ])
    func `a group has a schema too`(arguments: [String], schema: String) {
        #expect(CommandPath(arguments).schema == schema)
    }

    @Test(arguments: [
        (["deplo"], "deplo"), (["traffic", "shwo", "backend"], "shwo"), (["local", "faults", "lst"], "lst"),
        (["deploy", "backend"], nil), (["traffic", "show"], nil), (["--env", "traffic"], nil), (["help"], nil),
    ])
    func `a word that is no command is known as one`(arguments: [String], unknown: String?) {
        #expect(CommandPath(arguments).unknown == unknown)
    }
}
