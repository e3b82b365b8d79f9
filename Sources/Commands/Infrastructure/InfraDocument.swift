import Configuration
import Infrastructure
import JSON
import Releases
import Reporting

/// The document of every `infra` command.
enum InfraDocument {
    static let schema = "stagectl.infra/v1"
    /// Under which the plan that was shown last is kept.
    static let latest = "latest"

    static func json(
        _ operation: String, environment: String, members: [String: JSONValue], warnings: [String] = []
    ) -> JSONValue {
        var document = members
        document["schema"] = .string(schema)
        document["environment"] = .string(environment)
        document["operation"] = .string(operation)
        document["warnings"] = .array(warnings.map(JSONValue.string))
        document["error"] = .null
        return .object(document)
    }

    /// Throws `usage`, with the nearest name, for one that is not there or that nobody may see.
    static func output(_ name: String, among outputs: [InfrastructureOutput]) throws -> InfrastructureOutput {
        guard let output = outputs.first(where: { $0.name == name }) else {
            let nearest = NearestName.of(name, in: outputs.map(\.name))
            throw Failure(
                .usage, "no output is called `\(SafeText.line(name))`",
                details: [.init("outputs", outputs.map(\.name).joined(separator: ", "))],
                hint: nearest.map { "did you mean `\($0)`?" } ?? "stagectl infra output")
        }
        guard !output.isSensitive else {
            throw Failure(
                .usage, "output `\(name)` is sensitive, and is not printed",
                hint: "services take secrets from Secret Manager: env: { NAME: { secret: … } }")
        }
        return output
    }

    /// Every text in a value, so that none of it can be printed.
    static func texts(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): text.utf8.count >= 4 ? [text] : []
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.values.flatMap(texts)
        case .null, .bool, .integer, .number: []
        }
    }
}

extension Session {
    /// `plan of staging (terraform/staging)`
    func infrastructureTitle(_ operation: String) throws -> String {
        "\(operation) of \(environmentName) (\(SafeText.line(try infrastructureSettings().root)))"
    }
}
