import JSON
import Testing

@testable import LocalCloudRun

/// What the API promises of services, revisions, operations and access, whichever way it is reached.
@Suite struct ServiceContractTests {
    @Test(arguments: Way.allCases)
    func `a service lives from its creation to its deletion`(way: Way) async throws {
        try await APICaller.run(way) { api in
            let template = Platform.template()
            try await api.refuse("GET", "services/life", status: 404, code: "NOT_FOUND", text: "of kind 'SERVICE'")
            let made = try await api.finish("POST", "services", ["template": template], query: ["serviceId": "life"])
            #expect(made["response"]?["terminalCondition"]?["state"] == "CONDITION_SUCCEEDED")
            let service = try await api.call("GET", "services/life").body
            // int64 is a string, and what was read may be written back.
            #expect(service["generation"] == "1")
            var changed = service
            changed["description"] = "described"
            let patched = try await api.finish("PATCH", "services/life", changed)
            #expect(patched["response"]?["generation"] == "2")
            try await api.refuse(
                "PATCH", "services/life", changed, status: 409, code: "ABORTED",
                text: "Conflict for resource 'life': version '")
            let forced = try await api.finish(
                "PATCH", "services/life", ["description": "again"],
                query: ["updateMask": "description", "forceNewRevision": "true"])
            let latest = try #require(forced["response"]?["latestCreatedRevision"]?.string)
            #expect(latest != service["latestCreatedRevision"]?.string)

            let old = try #require(service["latestCreatedRevision"]?.string)
            let page = try await api.call("GET", "services/-/revisions", query: ["pageSize": "1"]).body
            #expect(page["revisions"]?[0]?["name"]?.string == latest)
            let token = try #require(page["nextPageToken"]?.string)
            let rest = try await api.call(
                "GET", "services/life/revisions", query: ["pageSize": "5", "pageToken": token]
            ).body
            #expect(rest["revisions"]?.array?.compactMap { $0["name"]?.string } == [old])
            try await api.refuse("DELETE", "/v2/\(latest)", status: 400, code: "FAILED_PRECONDITION")
            try await api.refuse("DELETE", "/v2/\(old)", query: ["etag": "\"1\""], status: 409, code: "ABORTED")
            try await api.finish("DELETE", "/v2/\(old)")
            try await api.refuse("GET", "/v2/\(old)", status: 404, code: "NOT_FOUND", text: "of kind 'REVISION'")

            let gone = try await api.finish("DELETE", "services/life")
            #expect(gone["response"]?["deleteTime"]?.string?.isEmpty == false)
            try await api.refuse("DELETE", "services/life", status: 404, code: "NOT_FOUND")
        }
    }

    @Test(arguments: Way.allCases)
    func `operations are listed, waited for and forgotten`(way: Way) async throws {
        try await APICaller.run(way) { api in
            for id in ["a", "b", "c"] {
                try await api.finish(
                    "POST", "services", ["template": Platform.template()], query: ["serviceId": id])
            }
            var names: [String] = []
            var token: String? = ""
            while let current = token {
                let page = try await api.call(
                    "GET", "operations", query: ["filter": "done:true", "pageSize": "2", "pageToken": current]
                ).body
                names += (page["operations"]?.array ?? []).compactMap { $0["name"]?.string }
                token = page["nextPageToken"]?.string
            }
            #expect(Set(names).count == 3)
            let first = try #require(names.first)
            #expect(try await api.call("GET", "/v2/\(first)").body["done"] == true)
            #expect(try await api.call("DELETE", "/v2/\(first)").body == [:])
            try await api.refuse("GET", "/v2/\(first)", status: 404, code: "NOT_FOUND")
            try await api.refuse(
                "GET", "operations", query: ["filter": "name:x"], status: 400, code: "INVALID_ARGUMENT")
        }
    }

    @Test(arguments: Way.allCases)
    func `a policy is changed by whoever read it last`(way: Way) async throws {
        try await APICaller.run(way) { api in
            try await api.finish(
                "POST", "services", ["template": Platform.template()], query: ["serviceId": "backend"])
            let bindings: JSONValue = [["role": "roles/run.invoker", "members": ["allUsers"]]]
            let first = try await api.call("GET", "services/backend:getIamPolicy").body
            let policy: JSONValue = ["bindings": bindings, "etag": first["etag"] ?? ""]
            let path = "services/backend:setIamPolicy"
            #expect(try await api.call("POST", path, ["policy": policy]).status == 200)
            try await api.refuse(
                "POST", path, ["policy": policy], status: 409, code: "ABORTED",
                text: "There were concurrent policy changes.")
            let granted = try await api.call(
                "POST", "services/backend:testIamPermissions", ["permissions": ["run.services.get"]])
            #expect(granted.body["permissions"] == ["run.services.get"])
        }
    }

    @Test(arguments: Way.allCases)
    func `enums are numbers where that is asked for, names elsewhere`(way: Way) async throws {
        try await APICaller.run(way) { api in
            try await api.finish(
                "POST", "services", ["template": Platform.template(), "ingress": 2], query: ["serviceId": "backend"])
            #expect(try await api.call("GET", "services/backend").body["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY")
            let numbers = try await api.call("GET", "services/backend", query: ["$alt": "json;enum-encoding=int"]).body
            #expect(numbers["ingress"] == 2)
            #expect(numbers["terminalCondition"]?["state"] == 4)
        }
    }
}
