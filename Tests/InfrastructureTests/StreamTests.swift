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

    private func progress(_ events: [TerraformEvent], replaced: Set<String> = []) -> TerraformProgress {
        events.reduce(into: TerraformProgress(total: 4, replaced: replaced)) { $0.take($1) }
    }

    private let deletion: [TerraformEvent] = [
        .started(address: "t.a", action: "delete"), .completed(address: "t.a", seconds: 0),
    ]

    @Test func `a replacement is done when both halves are, and stands in one list`() {
        let half = progress(deletion, replaced: ["t.a"])
        #expect(half.completed.isEmpty && half.done == 1)
        let creation = TerraformEvent.started(address: "t.a", action: "create")
        let running = progress(deletion + [creation], replaced: ["t.a"])
        #expect(running.completed.isEmpty && running.cut == ["t.a"])
        let failed = progress(deletion + [creation, .failed(address: "t.a", seconds: 0)], replaced: ["t.a"])
        #expect(failed.completed.isEmpty && failed.failed == ["t.a"] && failed.cut.isEmpty)
        let whole = progress(deletion + [creation, .completed(address: "t.a", seconds: 0)], replaced: ["t.a"])
        #expect(whole.completed == ["t.a"] && whole.done == 2)
        // Also where nobody has said that it is replaced, as for a log of an earlier version.
        let unknown = progress(deletion + [creation, .failed(address: "t.a", seconds: 0)])
        #expect(unknown.completed.isEmpty && unknown.failed == ["t.a"])
    }

    @Test func `what is read is no change, and only the last sum is an end`() {
        let read = progress([
            .started(address: "data.t.a", action: "read"), .completed(address: "data.t.a", seconds: 0),
            .summary(add: 1, change: 0, remove: 0, operation: "plan"),
        ])
        #expect(read.completed.isEmpty && read.done == 0 && !read.isComplete)
        #expect(progress([.summary(add: 1, change: 0, remove: 0, operation: "apply")]).isComplete)
    }

    @Test func `what is tainted is read in the state, with its keys`() throws {
        let state = try JSONValue(
            parsing: """
                {"version":4,"resources":[
                 {"mode":"managed","type":"t","name":"a","instances":[{"index_key":"k","status":"tainted"},{"index_key":"l"}]},
                 {"module":"module.m[0]","mode":"managed","type":"t","name":"b","instances":[{"index_key":1,"status":"tainted"}]},
                 {"mode":"managed","type":"t","name":"c","instances":[{"status":"tainted"}]},
                 {"mode":"data","type":"t","name":"d","instances":[{"status":"tainted"}]}, {}]}
                """)
        #expect(StateReader.tainted(state) == [#"t.a["k"]"#, "module.m[0].t.b[1]", "t.c"])
        #expect(StateReader.tainted(.null).isEmpty)
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
