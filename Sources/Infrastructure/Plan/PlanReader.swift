package import JSON

/// Reads `terraform show -json PLAN` (developer.hashicorp.com/terraform/internals/json-format, format 1.x).
package enum PlanReader {
    package struct UnknownFormat: Error, Hashable, Sendable {
        package var version: String
    }

    /// - Throws: ``UnknownFormat`` for another major version of the format than 1.
    package static func plan(_ document: JSONValue, fingerprint: String) throws(UnknownFormat) -> InfrastructurePlan {
        let format = document["format_version"]?.string ?? ""
        guard format == "1" || format.hasPrefix("1.") else { throw UnknownFormat(version: format) }
        return InfrastructurePlan(
            fingerprint: fingerprint, toolVersion: document["terraform_version"]?.string ?? "",
            changes: changes(document["resource_changes"]),
            outputs: outputs(
                document["output_changes"], declared: document["configuration"]?["root_module"]?["outputs"]),
            drift: changes(document["resource_drift"]), isPartial: document["complete"]?.bool == false)
    }

    private static func changes(_ list: JSONValue?) -> [ResourceChange] {
        (list?.array ?? []).compactMap(change).sorted { $0.address < $1.address }
    }

    private static func change(_ resource: JSONValue) -> ResourceChange? {
        // Data sources are read, not changed.
        guard let address = resource["address"]?.string, resource["mode"]?.string != "data",
            let change = resource["change"]
        else { return nil }
        let previous = resource["previous_address"]?.string
        guard let action = action(change, hasMoved: previous != nil) else { return nil }
        let actions = change["actions"]?.array?.compactMap(\.string) ?? []
        return ResourceChange(
            address: address, type: resource["type"]?.string ?? "", action: action,
            createsFirst: action == .replace && actions.first == "create",
            forcedBy: action == .replace ? forces(change) : [],
            reason: resource["deposed"]?.string == nil ? resource["action_reason"]?.string : ResourceChange.deposed,
            previousAddress: previous, attributes: AttributeDifference(change).changes)
    }

    /// Nil for what the apply leaves alone.
    private static func action(_ change: JSONValue, hasMoved: Bool) -> ResourceChange.Action? {
        let actions = change["actions"]?.array?.compactMap(\.string) ?? []
        switch actions {
        case ["create"]: return .create
        case ["update"]: return .update
        case ["delete"]: return .destroy
        case ["forget"]: return .forget
        case ["delete", "create"], ["create", "delete"]: return .replace
        // The old one is forgotten and stays; a new one is made.
        case ["create", "forget"], ["forget", "create"]: return .create
        case ["no-op"]:
            if let importing = change["importing"], importing != .null { return .adopt }
            return hasMoved ? .move : nil
        default: return nil
        }
    }

    private static func forces(_ change: JSONValue) -> [String] {
        let paths = change["replace_paths"]?.array?.compactMap(\.array) ?? []
        return paths.map { AttributePath(steps: $0).text }.filter { !$0.isEmpty }.sorted()
    }

    private static func outputs(_ object: JSONValue?, declared: JSONValue?) -> [InfrastructurePlan.OutputChange] {
        (object?.object ?? [:]).sorted { $0.key < $1.key }.compactMap { name, change in
            guard let action = action(change, hasMoved: false) else { return nil }
            return InfrastructurePlan.OutputChange(
                name: name, action: action,
                isSensitive: change["after_sensitive"]?.bool == true || change["before_sensitive"]?.bool == true,
                isKnown: change["after_unknown"]?.bool != true,
                readsOutside: readsOutside(declared?[name]?["expression"]))
        }
    }

    /// By the references that Terraform lists of an expression. A local or a module may read anything; an expression
    /// without a reference that is no constant is a call, of `file` for instance.
    private static func readsOutside(_ expression: JSONValue?) -> Bool {
        guard let expression, expression["constant_value"] == nil else { return expression == nil }
        let references = expression["references"]?.array?.compactMap(\.string) ?? []
        return references.isEmpty
            || references.contains { ["data", "local", "module"].contains($0.prefix { $0 != "." }) }
    }
}
