package import JSON

/// A revision's template (v2 `RevisionTemplate` or `Revision`) in the words of the configuration.
package struct TemplateReading: Codable, Hashable, Sendable {
    /// As the template names it.
    package var image: String
    /// What the revision really runs, where the answer says it: `sha256:…`.
    package var digest: String?
    package var container: ContainerSettings
    package var environment: [ConfiguredVariable]
    /// What a revision that is made from the rest would not have.
    package var unexpressed: [UnexpressedField]

    /// Parts that say how the revision came about or how it is, not what it is.
    private static let descriptive = [
        "name", "uid", "generation", "labels", "annotations", "createTime", "updateTime", "deleteTime", "expireTime",
        "service", "reconciling", "conditions", "observedGeneration", "logUri", "satisfiesPzs", "etag", "creator",
        "scalingStatus", "containerStatuses", "client", "clientVersion", "launchStage", "revision",
    ]

    package init(_ document: JSONValue, path: String = "template") {
        var template = UnreadFields(document, path: path)
        template.drop(Self.descriptive)
        var containers = template.take("containers")?.array ?? []
        // The one with a port takes the requests; the others are sidecars.
        let index = containers.firstIndex { !($0["ports"]?.array ?? []).isEmpty } ?? 0
        let main = containers.isEmpty ? JSONValue.object([:]) : containers.remove(at: index)
        var reading = ContainerReading(main, path: "\(path).containers[\(index)]", isAlone: containers.isEmpty)
        if !containers.isEmpty { template.leave("containers", .array(containers)) }

        var scaling = UnreadFields(template.take("scaling"), path: template.place("scaling"))
        reading.settings.minInstances = scaling.take("minInstanceCount")?.whole(in: 0...1000)
        reading.settings.maxInstances = scaling.take("maxInstanceCount")?.whole(in: 1...1000)
        reading.settings.concurrency = template.take("maxInstanceRequestConcurrency")?.whole(in: 1...1000)
        reading.settings.serviceAccount = template.take("serviceAccount")?.string
        let timeout = template.take("timeout")
        reading.settings.timeoutSeconds = timeout?.seconds(in: 1...3600)
        if reading.settings.timeoutSeconds == nil { template.leave("timeout", timeout) }

        image = reading.image
        digest = Self.digest(of: image, statuses: document["containerStatuses"])
        container = reading.settings
        environment = reading.environment
        unexpressed = template.left + scaling.left + reading.unexpressed
    }

    /// From the name, else from what the revision says of its containers (v2 `ContainerStatus.imageDigest`).
    private static func digest(of image: String, statuses: JSONValue?) -> String? {
        let named = [image] + (statuses?.array?.compactMap { $0["imageDigest"]?.string } ?? []).prefix(1)
        return named.lazy.compactMap { text -> String? in
            guard let start = text.firstRange(of: "sha256:")?.lowerBound else { return nil }
            let digest = String(text[start...])
            return digest.utf8.count == 71 ? digest : nil
        }.first
    }
}

extension JSONValue {
    func whole(in range: ClosedRange<Int>) -> Int? {
        integer.flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    /// `300s`, as Google's JSON writes a duration; whole seconds alone.
    func seconds(in range: ClosedRange<Int>) -> Int? {
        guard let text = string, text.hasSuffix("s"), let value = Int(text.dropLast()), range.contains(value) else {
            return nil
        }
        return value
    }
}
