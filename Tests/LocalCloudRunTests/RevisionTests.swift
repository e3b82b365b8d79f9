import JSON
import Testing

@testable import LocalCloudRun

@Suite struct RevisionTests {
    @Test func `names are those that Cloud Run makes`() throws {
        var generator = SystemRandomNumberGenerator()
        let name = RevisionName.make(service: "backend", number: 2, using: &generator)
        #expect(name.wholeMatch(of: /backend-00002-[a-z]{3}/) != nil)
        let long = RevisionName.make(service: String(repeating: "a", count: 60), number: 123_456, using: &generator)
        #expect(long.count == 63)
        #expect(long.contains("-123456-"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (1_750_000_000_123_456, "2025-06-15T15:06:40.123456Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    ])
    func `times are written and read as RFC 3339`(microseconds: Int64, text: String) {
        let time = Timestamp(microseconds: microseconds)
        #expect(time.text == text)
        #expect(Timestamp(rfc3339: text) == time)
    }

    @Test func `offsets count, and nonsense is no time`() {
        #expect(Timestamp(rfc3339: "2025-06-15T17:06:40+02:00")?.microseconds == 1_750_000_000_000_000)
        for text in ["", "yesterday", "2025-13-01T00:00:00Z", "2025-01-01T00:00:00", "2025-01-01T00:00:00.Z"] {
            #expect(Timestamp(rfc3339: text) == nil)
        }
    }

    @Test(arguments: [("500m", 1), ("1", 80), ("2000m", 80), ("0.5", 1)])
    func `concurrency depends on the cpu`(cpu: String, concurrency: Int64) {
        let template = ServiceDefaults.template(
            ["containers": [["image": "a", "resources": ["limits": ["cpu": .string(cpu)]]]]])
        #expect(template["maxInstanceRequestConcurrency"]?.integer == concurrency)
        // `resources` was set, so cpuIdle keeps no default.
        #expect(template["containers"]?[0]?["resources"]?["cpuIdle"] == nil)
    }

    @Test func `a probe of one's own gets Cloud Run's defaults`() {
        let template = ServiceDefaults.template(
            ["containers": [["image": "a", "ports": [["containerPort": 9000]], "startupProbe": ["httpGet": [:]]]]])
        let container = template["containers"]?[0] ?? [:]
        #expect(
            container["startupProbe"] == [
                "httpGet": ["path": "/", "port": 9000], "timeoutSeconds": 1, "periodSeconds": 10, "failureThreshold": 3,
            ])
        let probe = Probe(container["startupProbe"], role: .startup, containerPort: 9000)
        #expect(probe?.title == "STARTUP HTTP probe")
        #expect(probe?.kind == .http(path: "/", headers: [:]))
        #expect(probe?.port == 9000)
    }
}
