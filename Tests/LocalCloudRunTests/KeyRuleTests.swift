import JSON
import Testing

@testable import LocalCloudRun

/// Labels and annotations, on every resource that has them.
@Suite struct KeyRuleTests {
    private static func refusal(_ resource: JSONValue) -> String? {
        do throws(APIError) {
            try KeyRules.check(resource, place: "r")
            return nil
        } catch {
            return error.message
        }
    }

    private static let long = String(repeating: "a", count: 63)

    @Test(
        arguments: [
            ("a", "", nil), ("team_1-x", "9-_", nil), (long, long, nil), ("größe", "中文", nil),
            ("client.knative.dev/nonce", "x", nil), ("", "a", "Label key ''"), ("1a", "a", "must start with"),
            ("-a", "a", "must start with"), ("A", "a", "Label key 'A'"), ("a.b", "a", "Label key 'a.b'"),
            ("example.com/a", "a", "Label key 'example.com/a'"), (long + "a", "a", "at most 63 characters"),
            ("a", long + "a", "Label value"), ("a", "Upper", "Label value 'Upper' of 'a'"),
            ("a", "b.c", "Label value"), ("a", "b c", "Label value"), ("a", "b\u{0}", "Label value"),
            ("run.googleapis.com/x", "1", "system labels are not supported"),
            ("sub.cloud.googleapis.com/x", "1", "system labels are not supported"),
            ("serving.knative.dev/x", "1", "system labels are not supported"),
            ("autoscaling.knative.dev/x", "1", "system labels are not supported"),
        ] as [(String, String, String?)])
    func `labels are Google Cloud's`(key: String, value: String, text: String?) {
        let refusal = Self.refusal(["labels": .object([key: .string(value)])])
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
    }

    @Test(
        arguments: [
            ("a", nil), ("A.b_c-9", nil), ("stagectl.dev/run", nil), ("example.com/A", nil), (long, nil),
            ("", "the key"),
            ("a/b/c", "the key"), ("/a", "the key"), ("a/", "the key"), ("Example.com/a", "the key"), ("-a", "the key"),
            ("a b", "the key"), (long + "a", "the key"), ("a..b/c", "the key"),
            ("run.googleapis.com/ingress", "system annotations are not supported"),
        ] as [(String, String?)])
    func `annotations are Kubernetes's`(key: String, text: String?) {
        let refusal = Self.refusal(["annotations": .object([key: "Anything at all"])])
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
    }

    @Test func `there is an end to both`() {
        func labels(_ count: Int) -> JSONValue {
            ["labels": .object(Dictionary(uniqueKeysWithValues: (0..<count).map { ("l\($0)", "v") }))]
        }
        #expect(Self.refusal(labels(64)) == nil)
        #expect(Self.refusal(labels(65)) == "r.labels: at most 64 labels are allowed, but 65 are given.")
        let large = JSONValue.string(String(repeating: "a", count: 256 << 10))
        #expect(Self.refusal(["annotations": ["a": large]])?.contains("must not exceed") == true)
    }

    @Test func `a service, its template, a job and its template are all looked at`() async throws {
        try await Platform.run { platform in
            let bad: JSONValue = ["Upper": "a"]
            var template = Platform.template()
            template["labels"] = bad
            let task: JSONValue = ["template": ["containers": [["image": "a"]]]]
            var labelled = task
            labelled["labels"] = bad
            for (collection, id, body, place) in [
                (
                    "services", "serviceId", ["labels": bad, "template": Platform.template()],
                    "CreateServiceRequest.service.labels"
                ),
                ("services", "serviceId", ["template": template], "CreateServiceRequest.service.template.labels"),
                ("jobs", "jobId", ["labels": bad, "template": task], "CreateJobRequest.job.labels"),
                ("jobs", "jobId", ["template": labelled], "CreateJobRequest.job.template.labels"),
            ] as [(String, String, JSONValue, String)] {
                let answer = await platform.call("POST", collection, body, query: [id: "one"])
                #expect(answer.status == 400)
                let message = answer.body["error"]?["message"]?.string ?? ""
                #expect(message.hasPrefix("Violation in \(place): Label key 'Upper'"), "\(message)")
            }
        }
    }
}
