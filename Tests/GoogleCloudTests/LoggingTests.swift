import JSON
import Releases
import Testing

@testable import GoogleCloud

@Suite struct LoggingTests {
    private let service = ServiceIdentity(project: "p", region: "europe-west1", name: "backend")
    private let trace = "0af7651916cd43dd8448eb211c80319c"

    @Test func `a filter says everything that was asked for`() {
        let query = LogQuery(
            service: service, revision: "backend-00001-abc", since: "2026-03-02T09:00:00Z", severity: .error,
            trace: trace)
        #expect(
            LogEntriesFilter.text(query)
                == #"resource.type="cloud_run_revision" AND resource.labels.service_name="backend" AND "#
                + #"resource.labels.location="europe-west1" AND resource.labels.revision_name="backend-00001-abc" AND "#
                + #"timestamp>="2026-03-02T09:00:00Z" AND severity>=ERROR AND "#
                + #"trace="projects/p/traces/\#(trace)""#)
    }

    @Test(arguments: ["a\" OR \"b", "a\\", "a\nOR b", "a\\\" OR x=\"", "\u{7F}"])
    func `no value leaves its quotation marks`(value: String) {
        let filter = LogEntriesFilter.text(LogQuery(service: service, revision: value))
        // Every mark that is not escaped opens or closes a value; the words between the values are ours.
        var (inside, escaped) = (false, false)
        var outside = ""
        for character in filter {
            if escaped {
                escaped = false
            } else if inside, character == "\\" {
                escaped = true
            } else if character == "\"" {
                inside.toggle()
            } else if !inside {
                outside.append(character)
            }
        }
        #expect(!inside && !outside.contains("OR") && !filter.contains("\n"))
    }

    @Test func `an entry says what, where from and by whose request`() throws {
        let entry: JSONValue = [
            "insertId": "66f0a1", "timestamp": "2026-03-02T09:14:03.1Z", "severity": "ERROR",
            "logName": "projects/p/logs/run.googleapis.com%2Fvarlog%2Fsystem",
            "resource": ["labels": ["revision_name": "backend-00001-abc"]],
            "labels": ["instanceId": "0087"], "trace": .string("projects/p/traces/\(trace)"),
            "textPayload": "Container called exit(1).",
        ]
        let line = try #require(LogEntryDecoding.line(entry))
        #expect(
            line
                == LogLine(
                    time: "2026-03-02T09:14:03.1Z", severity: "ERROR", text: "Container called exit(1).",
                    stream: "varlog/system", revision: "backend-00001-abc", instance: "0087", trace: trace,
                    insertID: "66f0a1"))
    }

    @Test func `a request without words has readable ones`() throws {
        let entry: JSONValue = [
            "timestamp": "t", "logName": "projects/p/logs/run.googleapis.com%2Frequests",
            "httpRequest": [
                "requestMethod": "GET", "requestUrl": "https://b/items", "status": 200, "latency": "0.012345s",
            ],
        ]
        let line = try #require(LogEntryDecoding.line(entry))
        #expect(line.text == "GET https://b/items 200 12.3 ms")
        #expect(line.stream == "requests" && line.request?.status == 200)
    }

    @Test func `a structured entry brings its stack trace along`() {
        let entry: JSONValue = [
            "jsonPayload": ["message": "no clock", "stack_trace": "Error: no clock\n    at main (/app/a.js:1:2)"]
        ]
        #expect(LogEntryDecoding.text(entry) == "Error: no clock\n    at main (/app/a.js:1:2)")
        #expect(LogEntryDecoding.text(["jsonPayload": ["message": "a", "stack": "b"]]) == "a\nb")
        #expect(LogEntryDecoding.text(["jsonPayload": ["other": 1]]) == #"{"other":1}"#)
        #expect(LogEntryDecoding.line(["timestamp": "t"]) == nil)
    }

    @Test func `many traces are looked up with few questions, each within the filter's length`() async throws {
        let traces = Set((0..<250).map { "\($0)" + String(repeating: "a", count: 32 - "\($0)".count) })
        let entries = traces.sorted().prefix(2).map { trace -> JSONValue in
            [
                "trace": .string("projects/p/traces/\(trace)"),
                "httpRequest": ["requestUrl": "https://b/", "status": 200],
                "resource": ["labels": ["revision_name": "backend-00002-new"]],
            ]
        }
        let cloud = ScriptedCloud([
            .json(200, ["entries": .array(Array(entries))]), .json(200, [:]), .json(200, ["entries": []]),
        ])
        let found = try await cloud.client().revisions(answering: traces, of: service, since: "2026-03-02T09:00:00Z")
        #expect(found.count == 2 && found.values.allSatisfy { $0 == ["backend-00002-new"] })
        #expect(cloud.asked.count == 3)
        for index in 0..<3 {
            let filter = cloud.body(index)?["filter"]?.string ?? ""
            #expect(filter.utf8.count < 20_000 && filter.contains("run.googleapis.com%2Frequests"))
        }
    }
}
