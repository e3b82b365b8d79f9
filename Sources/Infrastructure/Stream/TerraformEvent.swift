import JSON

/// One line of Terraform's machine-readable output (developer.hashicorp.com/terraform/internals/machine-readable-ui).
package enum TerraformEvent: Hashable, Sendable {
    case version(String)
    /// A resource would be changed; while planning.
    case planned(address: String, action: String, reason: String?)
    case drifted(address: String, action: String)
    case refreshing(address: String)
    case started(address: String, action: String)
    case progressed(address: String, seconds: Int)
    case completed(address: String, seconds: Int)
    case failed(address: String, seconds: Int)
    /// A line that a provisioner printed.
    case printed(address: String, text: String)
    case summary(add: Int, change: Int, remove: Int, operation: String)
    case finding(InfrastructureFinding)
    /// Something for people alone.
    case message(String)

    /// Nil for a line that is no event: output of something else that reached the stream.
    package init?(line: String) {
        guard line.utf8.first == UInt8(ascii: "{"), let value = try? JSONValue(parsing: line),
            let type = value["type"]?.string
        else { return nil }
        let hook = value["hook"]
        let address = hook?["resource"]?["addr"]?.string ?? value["change"]?["resource"]?["addr"]?.string ?? ""
        let seconds = Int(clamping: hook?["elapsed_seconds"]?.integer ?? 0)
        switch type {
        case "version": self = .version(value["terraform"]?.string ?? value["tofu"]?.string ?? "")
        case "planned_change":
            self = .planned(
                address: address, action: value["change"]?["action"]?.string ?? "",
                reason: value["change"]?["reason"]?.string)
        case "resource_drift": self = .drifted(address: address, action: value["change"]?["action"]?.string ?? "")
        case "refresh_start": self = .refreshing(address: address)
        case "apply_start": self = .started(address: address, action: hook?["action"]?.string ?? "")
        case "apply_progress": self = .progressed(address: address, seconds: seconds)
        case "apply_complete": self = .completed(address: address, seconds: seconds)
        case "apply_errored": self = .failed(address: address, seconds: seconds)
        case "provision_progress": self = .printed(address: address, text: hook?["output"]?.string ?? "")
        case "change_summary":
            let changes = value["changes"]
            self = .summary(
                add: Int(clamping: changes?["add"]?.integer ?? 0),
                change: Int(clamping: changes?["change"]?.integer ?? 0),
                remove: Int(clamping: changes?["remove"]?.integer ?? 0),
                operation: changes?["operation"]?.string ?? "")
        case "diagnostic":
            guard let finding = value["diagnostic"].flatMap(InfrastructureFinding.init) else { return nil }
            self = .finding(finding)
        default: self = .message(value["@message"]?.string ?? "")
        }
    }
}

/// An error or a warning of Terraform, with its place.
package struct InfrastructureFinding: Codable, Hashable, Sendable {
    package var isError: Bool
    package var summary: String
    package var detail: String
    /// The resource that it is about; nil where it is about none.
    package var address: String?
    /// Relative to the root; nil where it has no place.
    package var file: String?
    package var line: Int?
    package var column: Int?

    package init(
        isError: Bool, summary: String, detail: String = "", address: String? = nil, file: String? = nil,
        line: Int? = nil, column: Int? = nil
    ) {
        self.isError = isError
        self.summary = summary
        self.detail = detail
        self.address = address
        self.file = file
        self.line = line
        self.column = column
    }

    init?(_ diagnostic: JSONValue) {
        guard let summary = diagnostic["summary"]?.string else { return nil }
        let start = diagnostic["range"]?["start"]
        self.init(
            isError: diagnostic["severity"]?.string != "warning", summary: summary,
            detail: diagnostic["detail"]?.string ?? "", address: diagnostic["address"]?.string,
            file: diagnostic["range"]?["filename"]?.string, line: start?["line"]?.integer.map { Int(clamping: $0) },
            column: start?["column"]?.integer.map { Int(clamping: $0) })
    }

    /// `main.tf:10:30`; nil where it has no place.
    package var place: String? {
        file.map { file in ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") }
    }
}
