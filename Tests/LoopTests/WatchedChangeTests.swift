import Loop
import Testing
import Verification

struct WatchedChangeTests {
    private static let dependencies = ["web": ["api"], "api": ["auth"], "auth": [], "mail": []]

    @Test(
        arguments: [
            (["auth"], [], ["api", "auth", "web"]), (["api"], [], ["api", "web"]), (["web"], [], ["web"]),
            ([], ["mail"], ["mail"]), (["web"], ["mail"], ["mail", "web"]), ([], [], []),
        ] as [(Set<String>, [String], [String])])
    func `what depends on a service that changed is affected, and so is what failed before`(
        deployed: Set<String>, failing: [String], affected: [String]
    ) {
        let change = WatchedChange(
            of: deployed, failing: failing.map(Self.failed), dependencies: Self.dependencies)
        #expect(Self.dependencies.keys.filter(change.affects).sorted() == affected)
        for service in failing { #expect(change.failing(of: service) == ["s/a"]) }
        #expect(change.failing(of: "auth") == [])
    }

    @Test func `services that depend on one another are affected together`() {
        let change = WatchedChange(of: ["a"], failing: [], dependencies: ["a": ["b"], "b": ["c"], "c": ["a"]])
        #expect(["a", "b", "c"].allSatisfy(change.affects))
    }

    private static func failed(_ service: String) -> CheckReference {
        CheckReference(suite: "s", id: "a", service: service, priority: .p1, status: .failed)
    }
}
