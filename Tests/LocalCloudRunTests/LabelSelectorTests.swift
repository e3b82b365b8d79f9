import JSON
import Testing

@testable import LocalCloudRun

@Suite struct LabelSelectorTests {
    private static let labels = ["team": "web", "tier": "one", "empty": ""]

    @Test(arguments: [
        ("", true), (" ", true), ("team=web", true), ("team == web", true), ("team=api", false), ("team!=api", true),
        ("other!=x", true), ("team", true), ("other", false), ("!other", true), ("!team", false), ("empty=", true),
        ("team in (api, web)", true), ("team in (api)", false), ("team notin (api)", true), ("other notin (a)", true),
        ("other in (a)", false), ("team=web,tier=one", true), ("team=web,tier=two", false),
        ("tier in (one,two),team", true),
    ])
    func `labels are selected`(text: String, isSelected: Bool) throws {
        #expect(try LabelSelector(parsing: text).matches(Self.labels) == isSelected)
    }

    @Test(arguments: [
        "=web", "team=a b", "team in api", "team in (api", "in (api)", "team,", ",", "a=b=c", "team near (a)",
    ])
    func `what is no selector is refused`(text: String) {
        #expect(throws: APIError.self) { try LabelSelector(parsing: text) }
    }

    @Test func `the list of v1 keeps to the selector`() async throws {
        try await Platform.run { platform in
            for (name, team) in [("one", "web"), ("two", "api")] {
                _ = try await platform.finish(
                    "POST", "services", ["template": Platform.template(), "labels": ["team": .string(team)]],
                    query: ["serviceId": name])
            }
            let path = "/apis/serving.knative.dev/v1/namespaces/demo/services"
            let found = await platform.call("GET", path, query: ["labelSelector": "team in (web)"]).body["items"]
            #expect(found?.array?.compactMap { $0["metadata"]?["name"]?.string } == ["one"])
            #expect(await platform.call("GET", path, query: ["labelSelector": "team,"]).status == 400)
            #expect(await platform.call("GET", path, query: ["fieldSelector": "metadata.name=one"]).status == 400)
        }
    }
}
