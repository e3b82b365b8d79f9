import Testing

@testable import Infrastructure

struct GuardTests {
    private func plan(_ changes: [(String, ResourceChange.Action)]) -> InfrastructurePlan {
        InfrastructurePlan(
            fingerprint: "f", changes: changes.map { ResourceChange(address: $0.0, type: "t", action: $0.1) })
    }

    private let losing: [(String, ResourceChange.Action)] = [
        ("module.a.t.x", .destroy), (#"module.b["k"].t.y"#, .replace), ("t.z", .update), ("t.zz", .destroy),
    ]

    @Test(
        arguments: [
            ([], ["module.a.t.x", #"module.b["k"].t.y"#, "t.zz"]),
            (["t.zz"], ["module.a.t.x", #"module.b["k"].t.y"#]),
            (["module.a"], [#"module.b["k"].t.y"#, "t.zz"]),
            (["module.b"], ["module.a.t.x", "t.zz"]),
            ([#"module.b["k"]"#], ["module.a.t.x", "t.zz"]),
            // A type is no module, and a beginning is no address.
            (["t"], ["module.a.t.x", #"module.b["k"].t.y"#, "t.zz"]),
            (["t.z"], ["module.a.t.x", #"module.b["k"].t.y"#, "t.zz"]),
            (["module"], ["module.a.t.x", #"module.b["k"].t.y"#, "t.zz"]),
            (["module.a", "module.b", "t.zz"], []),
        ] as [([String], [String])])
    func `only what is named whole may be lost`(allowed: [String], left: [String]) {
        let losses = DestroyGuard.losses(of: plan(losing), allowing: Set(allowed))
        #expect(losses.map(\.change.address).sorted() == left.sorted())
    }

    @Test func `a name that the plan does not lose is a slip`() {
        #expect(DestroyGuard.unmatched(["t.zz", "t.z", "t.zx"], in: plan(losing)) == ["t.z", "t.zx"])
    }

    @Test(arguments: ["replace_because_tainted", "delete_because_count_index", "delete_because_no_module"])
    func `Terraform's word for why becomes a sentence`(reason: String) {
        let change = ResourceChange(address: "t.x", type: "t", action: .destroy, reason: reason)
        #expect(!DestroyGuard.Loss(change: change).cause.contains("_because_"))
    }

    @Test func `what -destroy asks for is no wish of the configuration, and an old half is named as one`() {
        let gone = DestroyGuard.Loss(change: ResourceChange(address: "t.x", type: "t", action: .destroy))
        #expect(gone.cause == "everything is to go")
        let old = ResourceChange(address: "t.x", type: "t", action: .destroy, reason: ResourceChange.deposed)
        #expect(DestroyGuard.Loss(change: old).cause.contains("the new one stays"))
    }

    private func service(_ paths: [String], action: ResourceChange.Action = .update, type: String? = nil)
        -> InfrastructurePlan
    {
        let attributes = paths.map { AttributeChange(path: $0, before: .value("1"), after: .value("2")) }
        return InfrastructurePlan(
            fingerprint: "f",
            changes: [
                ResourceChange(
                    address: "google_cloud_run_v2_service.backend", type: type ?? "google_cloud_run_v2_service",
                    action: action, attributes: attributes)
            ])
    }

    @Test(arguments: [
        ("template[0].containers[0].image", "template[0].containers[0].image"),
        ("template[0].containers[1].image", "template[0].containers[0].image"),
        ("traffic", "traffic"), ("traffic[0].percent", "traffic"), ("template[0].revision", "template[0].revision"),
        ("template[0].labels.stagectl-run", "template[0].labels"),
        (#"annotations["stagectl.dev/run"]"#, "annotations"), ("client_version", "client_version"),
    ])
    func `what stagectl owns is found, with the line to add`(path: String, ignored: String) {
        let conflicts = OwnershipGuard.conflicts(in: service([path, "template[0].timeout"]))
        #expect(conflicts.map(\.attributes) == [[path]])
        #expect(conflicts.map(\.ignoreChanges) == [[ignored]])
    }

    @Test(arguments: [
        "template[0].timeout", "template[0].labels.team", "labels.team", #"annotations["example.com/a"]"#,
        "template[0].containers[0].image_pull", "ingress", "template[0].containers[0].env[0].value",
    ])
    func `everything else is Terraform's`(path: String) {
        #expect(OwnershipGuard.conflicts(in: service([path])).isEmpty)
    }

    @Test func `a service that is made needs an image, and other resources have images of their own`() {
        #expect(OwnershipGuard.conflicts(in: service(["template[0].containers[0].image"], action: .create)).isEmpty)
        #expect(OwnershipGuard.conflicts(in: service(["image"], type: "google_compute_instance")).isEmpty)
    }

    @Test func `several attributes make one entry each`() {
        let conflicts = OwnershipGuard.conflicts(
            in: service(["template[0].containers[0].image", "traffic[0].percent", "traffic[1].percent"]))
        #expect(conflicts.map(\.ignoreChanges) == [["template[0].containers[0].image", "traffic"]])
    }
}
