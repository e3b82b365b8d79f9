import JSON

/// What Cloud Run refuses at once, before any revision is made. Looks at a service with its defaults filled in.
enum ServiceRules {
    /// `request` is `CreateServiceRequest` or `UpdateServiceRequest`, as the messages name it.
    static func check(_ service: JSONValue, id: String, request: String) throws(APIError) {
        let place = "Violation in \(request).service"
        if (service["description"]?.string ?? "").unicodeScalars.count > 512 {
            throw APIError(.invalidArgument, "\(place).description: maximum length is 512 characters.")
        }
        try KeyRules.check(service, place: place)
        guard let template = service["template"], template.object?.isEmpty == false else {
            throw APIError(.invalidArgument, "\(place).template: should be set.")
        }
        try KeyRules.check(template, place: "\(place).template")
        let seconds = template["timeout"]?.string.flatMap(Seconds.init(parsing:))?.value ?? 300
        guard seconds <= 3600 else {
            throw APIError(.invalidArgument, "\(place).template.timeout: maximum allowed time is one hour.")
        }
        guard seconds >= 1 else {
            throw APIError(.invalidArgument, "\(place).template.timeout: minimum allowed time is one second.")
        }
        if let revision = template["revision"]?.string, !revision.isEmpty {
            guard revision.hasPrefix(id + "-"), isLabel(revision, maximum: 63) else {
                throw APIError(
                    .invalidArgument,
                    "\(place).template.revision: must be a DNS label that starts with the service name `\(id)-`, at most 63 characters."
                )
            }
        }
        let stage = service["launchStage"]?.string ?? "GA"
        guard ["ALPHA", "BETA", "GA", "LAUNCH_STAGE_UNSPECIFIED"].contains(stage) else {
            throw APIError(
                .invalidArgument,
                "\(place).launch_stage: only ALPHA, BETA, GA, or unspecified are supported, but `\(stage)` is given.")
        }
        try ContainerRules.check(template, place: "\(place).template")
        try checkTraffic(service, id: id, place: "\(place).traffic")
    }

    static func checkID(_ id: String) throws(APIError) {
        guard isLabel(id, maximum: 49) else {
            throw APIError(
                .invalidArgument,
                "Violation in CreateServiceRequest.service_id: must start with a letter, use lower-case letters, digits and hyphens, not end with a hyphen, and have fewer than 50 characters."
            )
        }
    }

    private static func checkTraffic(_ service: JSONValue, id: String, place: String) throws(APIError) {
        var sum: Int64 = 0
        var tags: Set<String> = []
        for (index, target) in (service["traffic"]?.array ?? []).enumerated() {
            let percent = target["percent"]?.integer ?? 0
            guard (0...100).contains(percent) else {
                throw APIError(
                    .invalidArgument, "\(place)[\(index)].percent: must be a number between 0 and 100.")
            }
            sum += percent
            let pinned = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
            guard (target["type"]?.string == pinned) == (target["revision"] != nil) else {
                throw APIError(
                    .invalidArgument,
                    "\(place)[\(index)].revision: must be specified if and only if traffic type is \(pinned).")
            }
            guard let tag = target["tag"]?.string else { continue }
            guard isLabel(tag, maximum: 46) else {
                throw APIError(
                    .invalidArgument,
                    "spec.traffic.tag: traffic tag '\(tag)' must be lower-case letters, digits and hyphens, and start with a letter."
                )
            }
            guard tag.count + id.count <= 46 else {
                throw APIError(
                    .invalidArgument,
                    "spec.traffic.tag: traffic tag '\(tag)' and service name '\(id)' together are too long. Combined traffic tag and service name cannot exceed 46 characters."
                )
            }
            guard tags.insert(tag).inserted else {
                throw APIError(.invalidArgument, "\(place): may not contain a duplicate tag, but has '\(tag)' twice.")
            }
        }
        guard sum == 100 else {
            throw APIError(
                .invalidArgument,
                "\(place): the sum of all percents should be 100, but is \(sum).")
        }
    }

    static func isLabel(_ text: String, maximum: Int) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= maximum else { return false }
        return (0x61...0x7A).contains(first) && last != 0x2D
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
