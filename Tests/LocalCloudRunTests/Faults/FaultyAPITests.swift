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
            // A list shows the same operation in the same way.
            let listed = await Self.call(api, "GET", "operations").body["operations"]?.array ?? []
            let entry = listed.first { $0["name"]?.string == name }
            #expect(entry == (fault == .disappears ? nil : seen.body))
            #expect(await Self.call(api, "DELETE", "/v2/" + name).status == Self.deletion(of: fault))
        }
    }

    private static func deletion(of fault: OperationFault) -> Int {
        switch fault {
        case .neverEnds: 400
        case .disappears: 404
        case .fails, .noResponse: 200
        }
    }

    @Test func `a filter and the pages of a list mean what the list shows`() async throws {
        try await Platform.run { platform in
            for id in ["a", "b", "c"] { _ = try await platform.create(id) }
            let control = platform.control
            let rule = FaultRule(
                id: "r", target: FaultTarget(api: "services.create", service: "late"), effect: .operation(.neverEnds))
            let api = FaultyAPI(faults: Faults(FaultPlan(rules: [rule]))) { await control.handle($0) }
            let started = await Self.call(
                api, "POST", "services", ["template": Platform.template()], ["serviceId": "late"])
            let name = try #require(started.body["name"]?.string)
            _ = await platform.call("POST", "/v2/\(name):wait", ["timeout": "20s"])
            func names(_ query: [String: String]) async -> [String] {
                var names: [String] = []
                var token: String? = ""
                while let current = token {
                    let asked = query.merging(["pageSize": "2", "pageToken": current]) { $1 }
                    let page = await Self.call(api, "GET", "operations", nil, asked).body
                    names += (page["operations"]?.array ?? []).compactMap { $0["name"]?.string }
                    token = page["nextPageToken"]?.string
                }
                return names
            }
            #expect(await names(["filter": "done:false"]) == [name])
            let done = await names(["filter": "done:true"])
            #expect(Set(done).count == 3 && done.count == 3 && !done.contains(name))
            #expect(await names([:]).count == 4)
            #expect(await Self.call(api, "GET", "operations", nil, ["filter": "x"]).status == 400)
        }
    }

    @Test func `lists after a write are as stale as what they list`() async throws {
        let rule = FaultRule(
            id: "r", target: FaultTarget(api: "services.*", service: "backend"), effect: .staleReads(.seconds(3600)))
        try await Platform.run { platform in
            let control = platform.control
            let api = FaultyAPI(faults: Faults(FaultPlan(rules: [rule]))) { await control.handle($0) }
            for id in ["a", "c"] { _ = try await platform.create(id) }
            func ids(_ query: [String: String] = [:]) async -> [String] {
                (await Self.call(api, "GET", "services", nil, query).body["services"]?.array ?? [])
                    .compactMap { $0["name"]?.string.map(shortName) }
            }
            // Not there yet.
            let made = await Self.call(
                api, "POST", "services", ["template": Platform.template()], ["serviceId": "backend"])
            #expect(made.status == 200)
            #expect(await Self.call(api, "GET", "services/backend").status == 404)
            #expect(await ids() == ["a", "c"])
            #expect(await platform.get()["name"] != nil)
            #expect(await Self.namespaceIDs(api) == ["a", "c"])
        }
        try await Platform.run { platform in
            let control = platform.control
            for id in ["a", "backend", "c"] { _ = try await platform.create(id) }
            let before = await platform.get()
            for (verb, path) in [("PATCH", "services/backend"), ("DELETE", "services/backend")] {
                let api = FaultyAPI(faults: Faults(FaultPlan(rules: [rule]))) { await control.handle($0) }
                let answer = await Self.call(
                    api, verb, path, verb == "PATCH" ? ["description": "new"] : nil,
                    verb == "PATCH" ? ["updateMask": "description"] : [:])
                let name = try #require(answer.body["name"]?.string)
                _ = await platform.call("POST", "/v2/\(name):wait", ["timeout": "20s"])
                // Changed, or gone, but neither is seen, on whichever page it was.
                let list = await Self.call(api, "GET", "services").body["services"]?.array ?? []
                #expect(list.map { $0["name"]?.string.map(shortName) } == ["a", "backend", "c"])
                if verb == "PATCH" { #expect(list[1] == before) }
                let first = await Self.call(api, "GET", "services", nil, ["pageSize": "1"]).body
                let token = try #require(first["nextPageToken"]?.string)
                let second = await Self.call(api, "GET", "services", nil, ["pageSize": "1", "pageToken": token]).body
                #expect(second["services"]?[0]?["name"] == before["name"])
                let numbers = await Self.call(api, "GET", "services", nil, ["$alt": "json;enum-encoding=int"]).body
                #expect(numbers["services"]?[1]?["ingress"] == 1)
                #expect(await Self.namespaceIDs(api) == ["a", "backend", "c"])
            }
            let now = await platform.call("GET", "services").body["services"]?.array ?? []
            #expect(now.map { $0["name"]?.string.map(shortName) } == ["a", "c"])
        }
    }

    private static func namespaceIDs(_ api: FaultyAPI) async -> [String] {
        let list = await call(api, "GET", "/apis/serving.knative.dev/v1/namespaces/demo/services").body
        return (list["items"]?.array ?? []).compactMap { $0["metadata"]?["name"]?.string }
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
