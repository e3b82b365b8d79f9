import JSON
import Testing

@testable import Infrastructure

struct StreamTests {
    private func event(_ type: String, _ rest: String) -> TerraformEvent? {
        TerraformEvent(line: #"{"@level":"info","@message":"m","type":"\#(type)",\#(rest)}"#)
    }

    private func hook(_ address: String, _ rest: String = "") -> String {
        #""hook":{"resource":{"addr":"\#(address)"}\#(rest)}"#
    }

    @Test func `the lines of an apply become events`() {
        #expect(
            event("apply_start", hook("t.a", #","action":"create""#)) == .started(address: "t.a", action: "create"))
        #expect(
            event("apply_progress", hook("t.a", #","elapsed_seconds":10"#)) == .progressed(address: "t.a", seconds: 10))
        #expect(event("apply_complete", hook("t.a")) == .completed(address: "t.a", seconds: 0))
        #expect(event("apply_errored", hook("t.a")) == .failed(address: "t.a", seconds: 0))
        #expect(
            event("provision_progress", hook("t.a", #","output":"hello""#)) == .printed(address: "t.a", text: "hello"))
        #expect(
            event("change_summary", #""changes":{"add":1,"change":2,"remove":3,"operation":"apply"}"#)
                == .summary(add: 1, change: 2, remove: 3, operation: "apply"))
    }

    @Test func `a finding keeps its place`() {
        let found = event(
            "diagnostic",
            """
            "diagnostic":{"severity":"error","summary":"no","detail":"because","address":"t.a",\
            "range":{"filename":"main.tf","start":{"line":10,"column":30,"byte":304}}}
            """)
        guard case .finding(let finding) = found else {
            return #expect(Bool(false), "no finding: \(String(describing: found))")
        }
        #expect(finding.isError && finding.place == "main.tf:10:30" && finding.address == "t.a")
    }

    @Test(arguments: [
        "", "plain text", "{", #"{"type":3}"#, #"{"type":"diagnostic"}"#, "[]", #"{"a":1}"#, "null",
        #"{"type":"diagnostic","diagnostic":{}}"#,
    ])
    func `what is no event is none`(line: String) {
        #expect(TerraformEvent(line: line) == nil)
    }

    @Test(arguments: ["apply_start", "apply_complete", "planned_change", "change_summary", "version", "resource_drift"])
    func `an event without its members does not trap`(type: String) {
        #expect(TerraformEvent(line: #"{"type":"\#(type)"}"#) != nil)
    }

    @Test func `progress counts what is done, and what is under way`() {
        var progress = TerraformProgress(total: 3)
        progress.take(.started(address: "t.a", action: "create"))
        progress.take(.started(address: "t.b", action: "delete"))
        progress.take(.progressed(address: "t.a", seconds: 10))
        #expect(progress.line == "0 of 3 · t.a creating, 10 s, and 1 more")
        progress.take(.completed(address: "t.a", seconds: 11))
        #expect(progress.line == "1 of 3 · t.b destroying")
        progress.take(.failed(address: "t.b", seconds: 1))
        #expect(progress.line == "1 of 3")
        #expect(progress.completed == ["t.a"] && progress.failed == ["t.b"] && progress.running.isEmpty)
        // More than was planned (a provider's own words) never reads as 4 of 3.
        for name in ["c", "d", "e"] { progress.take(.completed(address: name, seconds: 0)) }
        #expect(progress.line == "4 of 4")
    }

    @Test func `outputs keep their types, and only plain values are text`() throws {
        let outputs = InfrastructureOutput.list(
            try JSONValue(
                parsing: """
                    {"b":{"sensitive":false,"type":"bool","value":true},"n":{"sensitive":false,"type":"number","value":5432},\
                    "l":{"sensitive":false,"type":["list","string"],"value":["x"]},\
                    "o":{"sensitive":false,"type":["object",{"a":"number","b":["tuple",["bool"]]}],"value":{"a":1,"b":[true]}},\
                    "s":{"sensitive":true,"type":"string","value":"hunter2"},"broken":{}}
                    """))
        #expect(outputs.map(\.name) == ["b", "l", "n", "o", "s"])
        #expect(
            outputs.map(\.type) == ["bool", "list(string)", "number", "object({a=number, b=tuple([bool])})", "string"])
        #expect(outputs.map(\.text) == ["true", nil, "5432", nil, "hunter2"])
        #expect(outputs.map(\.isSensitive) == [false, false, false, false, true])
    }
}
