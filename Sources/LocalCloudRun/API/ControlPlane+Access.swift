import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ControlPlane {
    func policy(of name: ServiceName) throws(APIError) -> JSONValue {
        try service(name).policy ?? ["etag": "ACAB"]
    }

    func setPolicy(of name: ServiceName, _ request: APIRequest) async throws -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "SetIamPolicyRequest", at: "")
        var record = try service(name)
        guard var policy = body["policy"] else {
            throw APIError(.invalidArgument, "Invalid value at 'policy': should be set.")
        }
        let current = record.policy?["etag"]?.string ?? "ACAB"
        if let etag = policy["etag"]?.string, !etag.isEmpty, etag != current {
            throw APIError(
                .aborted,
                "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff."
            )
        }
        for binding in policy["bindings"]?.array ?? [] {
            let role = binding["role"]?.string ?? ""
            guard role.hasPrefix("roles/") || role.contains("/roles/") else {
                throw APIError(.invalidArgument, "Role \(role) is not supported for this resource.")
            }
            for member in binding["members"]?.array ?? [] where !Self.isMember(member.string ?? "") {
                throw APIError(.invalidArgument, "Invalid member '\(member.string ?? "")'.")
            }
        }
        policy["version"] = policy["version"] ?? 1
        policy["etag"] = .string(Data(now().text.utf8).base64EncodedString())
        record.policy = policy
        try commit(services: [record])
        await publishRoutes()
        return policy
    }

    private static func isMember(_ text: String) -> Bool {
        if text == "allUsers" || text == "allAuthenticatedUsers" { return true }
        let parts = text.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && parts[0].allSatisfy { $0.isLetter && $0.isASCII || "/.".contains($0) }
    }

    func testPermissions(on name: ServiceName, _ request: APIRequest) throws(APIError) -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "TestIamPermissionsRequest", at: "")
        _ = try service(name)
        // Whoever reaches this server on the loopback may do everything that Cloud Run knows.
        let held = (body["permissions"]?.array ?? []).filter { $0.string?.hasPrefix("run.") == true }
        return held.isEmpty ? [:] : ["permissions": .array(held)]
    }

    func generateToken(account: String, _ request: APIRequest) throws(APIError) -> JSONValue {
        let body = try self.body(of: request)
        guard let audience = body["audience"]?.string, !audience.isEmpty, audience.utf8.count <= 2048 else {
            throw APIError(.invalidArgument, "Invalid value at 'audience': should be set.")
        }
        guard account.contains("@"), account.utf8.count <= 320 else {
            throw APIError(.invalidArgument, "Invalid form of account ID '\(account)'. Should be {account}@{domain}.")
        }
        return [
            "token": .string(issuer.token(audience: audience, account: account, now: clock().microseconds / 1_000_000))
        ]
    }
}
