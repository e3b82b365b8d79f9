/// The full names that Google's messages about wrong values give. The discovery documents shorten them, so they are put
/// together again as the .proto files have them.
extension FieldTable {
    /// v2's own messages that are declared inside another one.
    private static let nested = [
        "Overrides": "RunJobRequest.Overrides", "ContainerOverride": "RunJobRequest.Overrides.ContainerOverride",
    ]
    private static let iam = [
        "AuditConfig", "AuditLogConfig", "Binding", "Policy", "SetIamPolicyRequest", "TestIamPermissionsRequest",
        "TestIamPermissionsResponse",
    ]
    private static let operations = ["ListOperationsResponse", "Operation", "WaitOperationRequest"]
    /// Enums of v2 that belong to no message.
    private static let commonEnumerations = [
        "EncryptionKeyRevocationAction", "ExecutionEnvironment", "IngressTraffic", "TrafficTargetAllocationType",
    ]

    func typeURL(message: String) -> String { "type.googleapis.com/" + fullName(message) }

    private func fullName(_ message: String) -> String {
        switch self.package {
        case .v1:
            // The one message of which the description tells the full name.
            return message == "ObjectMeta" ? "google.cloud.run.meta.v1.ObjectMeta" : "google.cloud.run.v1.\(message)"
        case .logging: return "google.logging.v2.\(message)"
        case .v2:
            if Self.iam.contains(message) { return "google.iam.v1.\(message)" }
            if Self.operations.contains(message) { return "google.longrunning.\(message)" }
            if message == "Expr" { return "google.type.Expr" }
            return "google.cloud.run.v2.\(Self.nested[message] ?? message)"
        }
    }

    /// From the enum's zero value, which carries its name: `INGRESS_TRAFFIC_UNSPECIFIED`.
    func typeURL(of enumeration: Enumeration, in message: String) -> String {
        var words = (enumeration.names.first ?? "").split(separator: "_").map(String.init)
        if ["UNSPECIFIED", "UNDEFINED"].contains(words.last) { words.removeLast() }
        let name = words.map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined()
        if name == "LaunchStage" { return "type.googleapis.com/google.api.LaunchStage" }
        let isCommon = Self.commonEnumerations.contains(name)
        return isCommon ? "type.googleapis.com/google.cloud.run.v2.\(name)" : typeURL(message: message) + ".\(name)"
    }

    /// The entries of a map are messages of their own: `Service.LabelsEntry`.
    func typeURL(ofMap field: String, in message: String) -> String {
        typeURL(message: message) + ".\(field.prefix(1).uppercased())\(field.dropFirst())Entry"
    }

    /// A field's name in the .proto file: `serviceAccount` is `service_account`.
    static func protoName(_ jsonName: String) -> String {
        jsonName.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
