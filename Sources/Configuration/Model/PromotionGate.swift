/// What a release that was verified in another environment must be like to be taken over into this one.
package struct PromotionGate: Codable, Hashable, Sendable {
    /// The environments that may be promoted from; nil for any.
    package var environments: [String]?
    /// How old the evidence may be, in seconds since the release that passed there ended.
    package var maximumAgeSeconds: Int
    /// The settings that must be here what they were when the image passed there.
    package var sameSettings: [PromotionSetting]

    /// A week: whoever releases once in a while can still promote what passed before the weekend.
    package static let usualAgeSeconds = 7 * 86_400
    /// What a program sees of its surroundings; how large they are differs for good reasons.
    package static let usualSettings: [PromotionSetting] = [.env, .port, .command, .probes]

    package init(
        environments: [String]? = nil, maximumAgeSeconds: Int = usualAgeSeconds,
        sameSettings: [PromotionSetting] = usualSettings
    ) {
        self.environments = environments
        self.maximumAgeSeconds = maximumAgeSeconds
        self.sameSettings = sameSettings
    }
}

/// A kind of settings in which two environments can differ.
package enum PromotionSetting: String, Codable, Hashable, Sendable, CaseIterable {
    /// Names of variables; their values differ by nature.
    case env
    case port
    /// Entry point, arguments and working directory.
    case command
    case probes
    case cpu
    case memory
    case concurrency
    /// Of a request.
    case timeout
    /// The least and the most instances.
    case scaling
    /// How an instance runs: execution environment, processor between requests, graphics, HTTP/2, session affinity.
    case runtime
    /// Their names, kinds and mounts.
    case volumes
    /// Their names.
    case sidecars
    /// The kind of VPC access and how many databases are connected.
    case network
}
