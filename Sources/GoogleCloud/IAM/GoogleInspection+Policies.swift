import JSON
package import Releases

/// IAM: who may do what, and the accounts themselves.
extension GoogleInspection: CloudInspection {
    package func granted(_ permissions: [String], on resource: GoogleResource) async -> Inspected<Set<String>> {
        // Every API answers its own resources' `testIamPermissions`, all with the same body.
        await look(
            address(of: resource) + ":testIamPermissions", method: "POST",
            body: ["permissions": .array(permissions.map(JSONValue.string))]
        ) { document in
            // Nobody without any of them gets an empty object.
            document.elements("permissions").map { Set($0.compactMap(\.string)) }
        }
    }

    package func policy(of resource: GoogleResource) async -> Inspected<[PolicyBinding]> {
        let address = address(of: resource) + ":getIamPolicy"
        // Version 3 shows conditions; an older form leaves conditional bindings out without a word.
        switch resource {
        case .project, .serviceAccount:
            return await look(address, method: "POST", body: Self.policyBody(resource), Self.bindings)
        case .service, .repository, .secret:
            return await look(address + "?options.requestedPolicyVersion=3", Self.bindings)
        }
    }

    /// IAM's own method has the version in the query, Resource Manager's in the body.
    private static func policyBody(_ resource: GoogleResource) -> JSONValue? {
        if case .project = resource { ["options": ["requestedPolicyVersion": 3]] } else { nil }
    }

    private static func bindings(_ document: JSONValue) -> [PolicyBinding]? {
        document.elements("bindings").map { bindings in
            bindings.compactMap { binding in
                binding["role"]?.string.map { role in
                    PolicyBinding(
                        role: role, members: binding["members"]?.array?.compactMap(\.string) ?? [],
                        isConditional: binding["condition"] != nil)
                }
            }
        }
    }

    package func isEnabled(account email: String) async -> Inspected<Bool> {
        let resource = GoogleResource.serviceAccount(email: email, project: Self.project(of: email))
        return await look(address(of: resource)) { document in
            document["email"]?.string.map { _ in document["disabled"]?.bool != true }
        }
    }

    package func projectNumber(of project: String) async -> Inspected<String> {
        await look(address(of: .project(project))) { document in
            document["name"]?.string?.split(separator: "/").last.map(String.init)
        }
    }

    /// `-` lets the API find it, for accounts whose name does not say it.
    private static func project(of email: String) -> String {
        let suffix = ".iam.gserviceaccount.com"
        guard email.hasSuffix(suffix), let at = email.firstIndex(of: "@") else { return "-" }
        let name = email[email.index(after: at)...].dropLast(suffix.count)
        return name.isEmpty ? "-" : String(name)
    }

    private func address(of resource: GoogleResource) -> String {
        switch resource {
        case .project(let name):
            return "\(endpoints.resourceManager)/v3/projects/\(name.percentEncoded)"
        case .service(let service):
            return CloudRunEndpoints(base: endpoints.run).service(service)
        case .serviceAccount(let email, _):
            // `@` may stand in a path (RFC 3986 section 3.3), and not every server decodes it.
            let name = email.percentEncoded.replacing("%40", with: "@")
            return "\(endpoints.iam)/v1/projects/\(Self.project(of: email).percentEncoded)/serviceAccounts/\(name)"
        case .repository(let repository):
            return repositoryAddress(repository)
        case .secret(let project, let name):
            return secretAddress(name, project: project)
        }
    }
}
