/// By what a run tells one service in one region from all others: its steps, its locks and what its journal knows go by
/// it. Where the environment has one region the name alone is enough, and journals of earlier versions have only that.
///
/// Written as `backend`, or `backend@europe-west1`; neither a service's name nor a region can have an `@` in it.
package struct ServiceKey: Hashable, Sendable, CustomStringConvertible {
    package var service: String
    /// Nil where the environment has one region.
    package var region: String?

    package init(_ service: String, region: String? = nil) {
        self.service = service
        self.region = region
    }

    package init(parsing text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(String(parts[0]), region: parts.count > 1 ? String(parts[1]) : nil)
    }

    package var description: String { region.map { "\(service)@\($0)" } ?? service }

    /// How a command is told which one is meant.
    package var arguments: String { region.map { "\(service) --region \($0)" } ?? service }

    /// Whether it is this service in that region. A key without a region is of an environment that had only one.
    package func names(_ service: String, in region: String) -> Bool {
        self.service == service && (self.region ?? region) == region
    }
}

extension ServiceKey: Comparable {
    /// The order in which locks are taken.
    package static func < (left: ServiceKey, right: ServiceKey) -> Bool { left.description < right.description }
}

extension ServiceKey: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(parsing: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ServiceKey: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(parsing: text) }
}
