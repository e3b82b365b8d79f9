import JSON
import Testing

@testable import GoogleCloud

/// Opening and closing as values: only the line of `allUsers` moves, everything else stays.
@Suite struct AccessPolicyTests {
    private static let open: JSONValue = ["role": "roles/run.invoker", "members": ["allUsers"]]
    private static let shared: JSONValue = ["role": "roles/run.invoker", "members": ["user:a@b.c", "allUsers"]]
    private static let named: JSONValue = ["role": "roles/run.invoker", "members": ["user:a@b.c"]]
    private static let admin: JSONValue = ["role": "roles/run.admin", "members": ["allUsers"]]
    private static let office: JSONValue = [
        "role": "roles/run.invoker", "members": ["allUsers"], "condition": ["title": "office hours"],
    ]

    private typealias Case = (before: [JSONValue], after: [JSONValue])
    private static let closings: [Case] = [
        ([open], []), ([shared], [named]), ([admin, open], [admin]), ([office, open], []),
    ]
    private static let openings: [Case] = [
        ([], [open]), ([named], [["role": "roles/run.invoker", "members": ["user:a@b.c", "allUsers"]]]),
        ([admin], [admin, open]), ([office], [office, open]),
    ]
    private static let nonsense: [JSONValue] = [
        .null, "text", ["bindings": "no list"], ["bindings": ["no object", [:]]],
    ]

    @Test(arguments: closings)
    func `closing takes everybody out of every invoker line and drops what is empty`(
        before: [JSONValue], after: [JSONValue]
    ) {
        var policy = AccessPolicy(["etag": "x", "bindings": .array(before)])
        let changed = policy.setPublic(false)
        #expect(changed)
        #expect(policy.document["bindings"] == .array(after), "no binding may become JSON null")
        #expect(policy.document["etag"] == "x")
        #expect(!policy.isPublic)
        let again = policy.setPublic(false)
        #expect(!again, "closed already")
    }

    @Test(arguments: openings)
    func `opening adds everybody once and leaves conditions alone`(before: [JSONValue], after: [JSONValue]) {
        var policy = AccessPolicy(["bindings": .array(before)])
        let changed = policy.setPublic(true)
        #expect(changed)
        #expect(policy.document["bindings"] == .array(after))
        #expect(policy.isPublic)
        let again = policy.setPublic(true)
        #expect(!again, "open already")
        let conditional = before.contains { $0["condition"] != nil }
        #expect(policy.document["version"] == (conditional ? 3 : nil))
    }

    @Test(arguments: nonsense)
    func `a policy that makes no sense is closed and can be opened`(document: JSONValue) {
        var policy = AccessPolicy(document)
        #expect(!policy.isPublic)
        let changed = policy.setPublic(true)
        #expect(changed)
        #expect(policy.isPublic)
    }
}
