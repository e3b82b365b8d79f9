import JSON
import Testing

@testable import Infrastructure

struct PlanReaderTests {
    private func plan(_ members: String) throws -> InfrastructurePlan {
        try PlanReader.plan(
            JSONValue(parsing: #"{"format_version":"1.2","terraform_version":"1.11.4",\#(members)}"#), fingerprint: "f")
    }

    private func resource(_ actions: String, _ rest: String = "", change: String = "") -> String {
        #"{"address":"a.b","mode":"managed","type":"a","change":{"actions":\#(actions)\#(change)}\#(rest)}"#
    }

    @Test(arguments: [
        (#"["create"]"#, ResourceChange.Action.create), (#"["update"]"#, .update), (#"["delete"]"#, .destroy),
        (#"["delete","create"]"#, .replace), (#"["create","delete"]"#, .replace), (#"["forget"]"#, .forget),
    ])
    func `each pair of actions is one change`(actions: String, expected: ResourceChange.Action) throws {
        let plan = try plan(#""resource_changes":[\#(resource(actions))]"#)
        #expect(plan.changes.map(\.action) == [expected])
        #expect(plan.changes[0].createsFirst == (actions == #"["create","delete"]"#))
        #expect(!plan.isEmpty)
    }

    @Test func `what is left alone, and what is only read, is no change`() throws {
        let read = #"{"address":"data.a.b","mode":"data","type":"a","change":{"actions":["read"]}}"#
        let plan = try plan(#""resource_changes":[\#(resource(#"["no-op"]"#)),\#(read)]"#)
        #expect(plan.isEmpty)
    }

    @Test func `a move and an adoption are told although nothing changes`() throws {
        let moved = resource(#"["no-op"]"#, #","previous_address":"a.old""#)
        let adopted = resource(#"["no-op"]"#, change: #","importing":{"id":"x"}"#)
        let plan = try plan(#""resource_changes":[\#(moved),\#(adopted)]"#)
        #expect(Set(plan.changes.map(\.action)) == [.move, .adopt])
        #expect(plan.changes.compactMap(\.previousAddress) == ["a.old"])
    }

    @Test func `what forces a replacement is named as Terraform writes it`() throws {
        let change = #","replace_paths":[["disk",0,"size"],["labels","a/b"]]"#
        let plan = try plan(#""resource_changes":[\#(resource(#"["delete","create"]"#, change: change))]"#)
        #expect(plan.changes[0].forcedBy == ["disk[0].size", #"labels["a/b"]"#])
    }

    @Test func `attributes are told by path, and sensitive values are nowhere in the plan`() throws {
        let change = """
            ,"before":{"size":1,"password":"hunter2","tags":["a"],"gone":{"x":1}},\
            "after":{"size":2,"password":"hunter3","tags":["a","b"],"gone":null},\
            "after_unknown":{"id":true},"before_sensitive":{"password":true},"after_sensitive":{"password":true}
            """
        let plan = try plan(#""resource_changes":[\#(resource(#"["update"]"#, change: change))]"#)
        #expect(
            plan.changes[0].attributes == [
                AttributeChange(path: "gone.x", before: .value("1"), after: .absent),
                AttributeChange(path: "id", before: .absent, after: .unknown),
                AttributeChange(path: "password", before: .sensitive, after: .sensitive),
                AttributeChange(path: "size", before: .value("1"), after: .value("2")),
                AttributeChange(path: "tags", before: .value(#"["a"]"#), after: .value(#"["a","b"]"#)),
            ])
        #expect(!"\(plan)".contains("hunter"))
    }

    @Test func `a whole that is sensitive hides its parts`() throws {
        let change = """
            ,"before":{"block":{"key":"hunter2"}},"after":{"block":{"key":"hunter3"}},\
            "before_sensitive":{"block":true},"after_sensitive":{"block":true}
            """
        let plan = try plan(#""resource_changes":[\#(resource(#"["update"]"#, change: change))]"#)
        #expect(plan.changes[0].attributes == [AttributeChange(path: "block", before: .sensitive, after: .sensitive)])
    }

    @Test func `outputs that change make a plan that is not empty`() throws {
        let plan = try plan(
            """
            "output_changes":{"name":{"actions":["update"],"after_unknown":false,"after_sensitive":false},\
            "same":{"actions":["no-op"]},"key":{"actions":["create"],"after_unknown":true,"after_sensitive":true}}
            """)
        #expect(
            plan.outputs == [
                .init(name: "key", action: .create, isSensitive: true, isKnown: false),
                .init(name: "name", action: .update, isSensitive: false, isKnown: true),
            ])
        #expect(plan.changes.isEmpty && !plan.isEmpty)
    }

    @Test(
        arguments: [
            (#"{"constant_value":1}"#, false), (#"{"references":["var.a"]}"#, false),
            (#"{"references":["t.a.name","t.a"]}"#, false), (#"{"references":["local.a"]}"#, true),
            (#"{"references":["var.a","data.t.a"]}"#, true), (#"{"references":["module.m.a"]}"#, true),
            // `file("x")`
            ("{}", true),
        ] as [(String, Bool)])
    func `what an output reads is told by its references`(expression: String, isOutside: Bool) throws {
        let plan = try plan(
            """
            "output_changes":{"a":{"actions":["update"]}},\
            "configuration":{"root_module":{"outputs":{"a":{"expression":\(expression)}}}}
            """)
        #expect(plan.outputs.map(\.readsOutside) == [isOutside])
    }

    private func output(
        _ action: ResourceChange.Action = .update, isKnown: Bool = true, readsOutside: Bool = true
    ) -> InfrastructurePlan.OutputChange {
        .init(name: "a", action: action, isSensitive: false, isKnown: isKnown, readsOutside: readsOutside)
    }

    @Test func `an output has drifted only where no apply is missing`() {
        func drifts(
            _ output: InfrastructurePlan.OutputChange, _ apply: OutputDrift.LastApply,
            resources: [ResourceChange] = []
        ) -> Bool {
            let plan = InfrastructurePlan(fingerprint: "f", outputs: [output], drift: resources, configuration: "now")
            let sorted = OutputDrift(plan, after: apply)
            #expect(sorted.drifted + sorted.pending == [output])
            return !sorted.drifted.isEmpty
        }
        for apply in [OutputDrift.LastApply.unknown, .complete(configuration: "now")] {
            #expect(drifts(output(), apply))
            #expect(!drifts(output(.create), apply))
            #expect(!drifts(output(.destroy), apply))
            #expect(!drifts(output(isKnown: false), apply))
            #expect(!drifts(output(readsOutside: false), apply))
            let other = ResourceChange(address: "t.a", type: "t", action: .update)
            #expect(drifts(output(readsOutside: false), apply, resources: [other]))
        }
        #expect(!drifts(output(), .complete(configuration: "before")))
        #expect(!drifts(output(), .unfinished))
    }

    @Test(arguments: ["2.0", "", "0.9"])
    func `another format is refused`(version: String) throws {
        let document = try JSONValue(parsing: #"{"format_version":"\#(version)"}"#)
        #expect(throws: PlanReader.UnknownFormat(version: version)) {
            try PlanReader.plan(document, fingerprint: "f")
        }
    }

    @Test func `a plan that Terraform could not complete is not empty`() throws {
        #expect(try !plan(#""complete":false"#).isEmpty)
        #expect(try plan(#""complete":true"#).isEmpty)
    }
}
