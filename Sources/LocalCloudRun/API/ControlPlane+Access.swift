import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ControlPlane {
    func policy(of holder: PolicyHolder, _ request: APIRequest) throws(APIError) -> JSONValue {
        let version = request.query["options.requestedPolicyVersion"] ?? ""
        guard ["", "0", "1", "2", "3"].contains(version) else {
            throw APIError(
                .invalidArgument, "Invalid value at 'options.requested_policy_version' (TYPE_INT32), \(version)")
        }
        return try stored(holder) ?? ["etag": "ACAB"]
    }

    private func stored(_ holder: PolicyHolder) throws(APIError) -> JSONValue? {
        switch holder {
        case .service(let name): try service(name).policy
        case .job(let name): try job(name).policy
        }
    }

    func setPolicy(of holder: PolicyHolder, _ request: APIRequest) async throws -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "SetIamPolicyRequest", at: "")
        let before = try stored(holder)
        guard var policy = body["policy"] else {
            throw APIError(.invalidArgument, "Invalid value at 'policy': should be set.")
        }
        let current = before?["etag"]?.string ?? "ACAB"
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
        switch holder {
        case .service(let name):
            var record = try service(name)
            record.policy = policy
            try commit(services: [record])
            await publishRoutes()
        case .job(let name):
            var record = try job(name)
            record.policy = policy
            try commit(jobs: [record])
        }
        return policy
    }

    private static func isMember(_ text: String) -> Bool {
        if text == "allUsers" || text == "allAuthenticatedUsers" { return true }
        let parts = text.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && parts[0].allSatisfy { $0.isLetter && $0.isASCII || "/.".contains($0) }
    }

    func testPermissions(on holder: PolicyHolder, _ request: APIRequest) throws(APIError) -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "TestIamPermissionsRequest", at: "")
        _ = try stored(holder)
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
