import Infrastructure
import Releases
import Testing

@testable import Commands

/// What an apply that was cut has done, by what was approved and what was seen.
struct InfrastructureAccountTests {
    private let approval = InfrastructureApproval(
        fingerprint: "f",
        changes: [
            .init(address: "t.made", action: "create"), .init(address: "t.anew", action: "replace"),
            .init(address: "t.open", action: "update"), .init(address: "t.gone", action: "destroy"),
            .init(address: "t.moved", action: "move"),
        ])

    private func progress(_ events: [TerraformEvent]) -> TerraformProgress {
        events.reduce(into: TerraformProgress(total: approval.total, replaced: approval.replaced)) { $0.take($1) }
    }

    private let half: [TerraformEvent] = [
        .started(address: "t.made", action: "create"), .completed(address: "t.made", seconds: 0),
        .started(address: "t.anew", action: "delete"), .completed(address: "t.anew", seconds: 0),
        .started(address: "t.anew", action: "create"), .started(address: "t.gone", action: "delete"),
        .failed(address: "t.gone", seconds: 0),
    ]

    @Test func `the stream alone puts each address into one list`() {
        #expect(approval.total == 6)
        let record = approval.account(of: progress(half))
        #expect(
            record == InfrastructureRecord(applied: ["t.made"], failed: ["t.gone"], cut: ["t.anew"], left: ["t.open"]))
        #expect(!record.isComplete && record.counts == "1 applied, 1 failed, 1 cut, 1 left")
        #expect(approval.account(of: progress([]), after: ["t.open"]).applied == ["t.open"])
        #expect(approval.account(of: progress([])).left == ["t.made", "t.anew", "t.open", "t.gone"])
    }

    @Test func `a plan that was made afterwards knows better`() {
        // Terraform has gone on after the log was cut.
        let rest = [InfrastructureApproval.Change(address: "t.gone", action: "destroy")]
        let record = approval.account(of: progress(half), left: rest)
        #expect(record.applied == ["t.made", "t.anew", "t.open", "t.moved"] && record.failed == ["t.gone"])
        #expect(record.left.isEmpty && record.cut == [])
        let nothing = approval.account(of: progress([]), left: [])
        #expect(nothing.isComplete && nothing.applied.count == 5)
        #expect(approval.completed(inOrder: ["t.open"]).applied.first == "t.open")
    }

    @Test func `the line to type names what is tainted, and for a destroy everything that is left`() {
        func next(_ record: InfrastructureRecord) -> String {
            InfrastructureLifting.next(after: record, tainted: ["t.anew"], environment: "e")
        }
        let record = approval.account(of: progress(half))
        #expect(next(record) == "what is left: stagectl infra apply --env e --allow-destroy 't.anew'")
        var gone = record
        gone.destroys = true
        #expect(
            next(gone) == "what is left: stagectl infra destroy --env e --allow-destroy 't.anew' "
                + "--allow-destroy 't.gone' --allow-destroy 't.open'")
        gone.left += ["t.a", "t.b"]
        #expect(next(gone).hasSuffix("stagectl infra destroy --dry-run --env e"))
    }
}
