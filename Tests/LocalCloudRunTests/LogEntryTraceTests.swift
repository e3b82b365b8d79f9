import JSON
import Testing

@testable import LocalCloudRun

@Suite struct LogEntryTraceTests {
    private let trace = "0af7651916cd43dd8448eb211c80319c"

    private func resource(of line: String) -> JSONValue {
        LogEntry.output(
            line, isError: false, service: "projects/p/locations/us-central1/services/api", revision: "api-00001-abc",
            instance: "1", at: Timestamp(microseconds: 0)
        ).resource
    }

    @Test(arguments: ["", "projects/other/traces/"])
    func `a structured line that names its trace can be found by it`(prefix: String) {
        let line = #"{"message":"hello","logging.googleapis.com/trace":"\#(prefix)\#(trace)"}"#
        let entry = resource(of: line)
        #expect(entry["trace"]?.string == "projects/p/traces/\(trace)")
        #expect(entry["jsonPayload"] == ["message": "hello"])
    }

    @Test func `a line without one has none`() {
        #expect(resource(of: #"{"message":"hello"}"#)["trace"] == nil)
        #expect(resource(of: "plain")["trace"] == nil)
    }
}
