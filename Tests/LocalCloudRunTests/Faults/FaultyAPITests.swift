import JSON
import Testing

@testable import LocalCloudRun

@Suite("Faults of the API", .timeLimit(.minutes(1)))
struct FaultyAPITests {
    private static let base = Platform.parent + "/"

    private static func rule(_ api: String, _ effect: FaultEffect, times: Int? = nil) -> FaultRule {
        FaultRule(id: "r", target: FaultTarget(api: api), effect: effect, times: times)
    }

    private static func withAPI(
        _ rule: FaultRule, _ body: (FaultyAPI, Platform) async throws -> Void
    ) async throws {
        try await Platform.run { platform in
            let control = platform.control
            let api = FaultyAPI(faults: Faults(FaultPlan(rules: [rule]))) { await control.handle($0) }
            try await body(api, platform)
        }
    }

    private static func call(
        _ api: FaultyAPI, _ method: String, _ path: String, _ body: JSONValue? = nil, _ query: [String: String] = [:]
    ) async -> APIResponse {
        await api.handle(
            APIRequest(
                method: method, path: path.hasPrefix("/") ? path : base + path, query: query,
                body: body.map { Array($0.serialized().utf8) } ?? []))
    }

    private static func create(_ api: FaultyAPI) async throws -> String {
        let answer = await call(
            api, "POST", "services", ["template": Platform.template()], ["serviceId": "backend"])
        try #require(answer.status == 200, "\(answer.body.serialized())")
        return try #require(answer.body["name"]?.string)
    }

    @Test(
        arguments: [
            (409, "ABORTED", nil), (429, "RESOURCE_EXHAUSTED", 3), (500, "INTERNAL", nil), (503, "UNAVAILABLE", nil),
        ] as [(Int, String, Int?)])
    func `an error has Google's form and is over when it was asked to be`(
        status: Int, name: String, retryAfter: Int?
    ) async throws {
        let rule = Self.rule(
            "services.list", .error(status: status, message: nil, retryAfter: retryAfter), times: 1)
        try await Self.withAPI(rule) { api, _ in
            let answer = await Self.call(api, "GET", "services")
            #expect(answer.status == status)
            #expect(answer.body["error"]?["status"]?.string == name)
            #expect(answer.body["error"]?["code"]?.integer == Int64(status))
            #expect(answer.headers["retry-after"] == retryAfter.map { String($0) })
            #expect(await Self.call(api, "GET", "services").status == 200)
        }
    }

    @Test func `a reset and a latency reach the caller`() async throws {
        try await Self.withAPI(Self.rule("services.*", .reset)) { api, _ in
            #expect(await Self.call(api, "GET", "services").isReset)
            #expect(await Self.call(api, "GET", "operations").status == 200)
        }
        try await Self.withAPI(Self.rule("services.list", .latency(.milliseconds(100)))) { api, _ in
            let start = ContinuousClock.now
            #expect(await Self.call(api, "GET", "services").status == 200)
            #expect(ContinuousClock.now - start >= .milliseconds(100))
        }
    }

    @Test(arguments: OperationFault.allCases)
    func `an operation goes wrong while its work is done`(fault: OperationFault) async throws {
        try await Self.withAPI(Self.rule("services.create", .operation(fault))) { api, platform in
            let name = try await Self.create(api)
            // What is wrong is the operation alone: the service comes up.
            let real = await platform.call("POST", "/v2/\(name):wait", ["timeout": "20s"])
            #expect(real.body["done"] == true)
            #expect(real.body["response"] != nil)
            let seen = await Self.call(api, "GET", "/v2/" + name)
            let waited = await Self.call(api, "POST", "/v2/\(name):wait", ["timeout": "0.05s"])
            #expect(waited == seen)
            switch fault {
            case .fails:
                #expect(seen.body["error"]?["code"] == 13)
                #expect(seen.body["response"] == nil)
            case .neverEnds: #expect(seen.body["done"] == false)
            case .disappears: #expect(seen.status == 404)
            case .noResponse:
                #expect(seen.body["done"] == true)
                #expect(seen.body["response"] == nil && seen.body["error"] == nil)
            }
            #expect(
                await Self.call(api, "GET", "services/backend").body["terminalCondition"]?["state"]?.string
                    == "CONDITION_SUCCEEDED")
        }
    }

    @Test func `reads after a write are stale for a while`() async throws {
        try await Self.withAPI(Self.rule("services.patch", .staleReads(.milliseconds(400)))) { api, platform in
            _ = try await platform.create()
            let before = await Self.call(api, "GET", "services/backend").body
            let patched = await Self.call(
                api, "PATCH", "services/backend", ["template": Platform.template(["A": "b"])])
            #expect(patched.status == 200)
            #expect(await Self.call(api, "GET", "services/backend").body == before)
            #expect(await platform.get()["generation"] == "2")
            let seen = await poll(until: .now + .seconds(10)) { () -> Bool? in
                await Self.call(api, "GET", "services/backend").body["generation"] == "2" ? true : nil
            }
            #expect(seen == true)
        }
    }
}
