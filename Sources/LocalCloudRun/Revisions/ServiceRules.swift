import JSON

/// What Cloud Run refuses at once, before any revision is made. Looks at a service with its defaults filled in.
enum ServiceRules {
    static let reservedVariables: Set<String> = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]
    static let reservedPrefixes = [
        "run.googleapis.com", "cloud.googleapis.com", "serving.knative.dev", "autoscaling.knative.dev",
    ]

    /// `request` is `CreateServiceRequest` or `UpdateServiceRequest`, as the messages name it.
    static func check(_ service: JSONValue, id: String, request: String) throws(APIError) {
        let place = "Violation in \(request).service"
        if (service["description"]?.string ?? "").unicodeScalars.count > 512 {
            throw APIError(.invalidArgument, "\(place).description: maximum length is 512 characters.")
        }
        try checkKeys(service, place: place)
        guard let template = service["template"], template.object?.isEmpty == false else {
            throw APIError(.invalidArgument, "\(place).template: should be set.")
        }
        try checkKeys(template, place: "\(place).template")
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
        let containers = template["containers"]?.array ?? []
        guard !containers.isEmpty else {
            throw APIError(.invalidArgument, "\(place).template.containers: should be set.")
        }
        if containers.filter({ !($0["ports"]?.array ?? []).isEmpty }).count > 1 {
            throw APIError(.invalidArgument, "\(place).template.containers: only one container may have a port.")
        }
        for (index, container) in containers.enumerated() {
            try checkContainer(container, place: "\(place).template.containers[\(index)]")
        }
        try checkTraffic(service, id: id)
    }

    static func checkID(_ id: String) throws(APIError) {
        guard isLabel(id, maximum: 49) else {
            throw APIError(
                .invalidArgument,
                "Violation in CreateServiceRequest.service_id: must start with a letter, use lower-case letters, digits and hyphens, not end with a hyphen, and have fewer than 50 characters."
            )
        }
    }

    private static func checkContainer(_ container: JSONValue, place: String) throws(APIError) {
        let image = container["image"]?.string ?? ""
        guard isImage(image) else {
            throw APIError(
                .invalidArgument,
                "\(place).image: must be a container image path in the form [hostname/]repo-path[:tag and/or @digest]")
        }
        let names = (container["env"]?.array ?? []).map { $0["name"]?.string ?? "" }
        let reserved = names.filter(reservedVariables.contains)
        guard reserved.isEmpty else {
            throw APIError(
                .invalidArgument,
                "The following reserved env names were provided: \(reserved.joined(separator: ", ")). These values are automatically set by the system."
            )
        }
        var seen: Set<String> = []
        for (index, name) in names.enumerated() {
            guard !name.isEmpty, !name.contains("="), !name.contains("\0") else {
                throw APIError(.invalidArgument, "\(place).env[\(index)].name: should be set and not contain `=`.")
            }
            guard seen.insert(name).inserted else {
                throw APIError(.invalidArgument, "\(place).env[\(index)].name: `\(name)` is given twice.")
            }
        }
        for port in container["ports"]?.array ?? [] {
            guard let number = port["containerPort"]?.integer, (1...65_535).contains(number) else {
                throw APIError(.invalidArgument, "\(place).ports[0].container_port: must be between 1 and 65535.")
            }
            guard ["http1", "h2c"].contains(port["name"]?.string ?? "http1") else {
                throw APIError(.invalidArgument, "\(place).ports[0].name: must be `http1` or `h2c`.")
            }
        }
        if let probe = container["startupProbe"] { try checkStartupProbe(probe, place: "\(place).startup_probe") }
    }

    private static func checkStartupProbe(_ probe: JSONValue, place: String) throws(APIError) {
        let timeout = probe["timeoutSeconds"]?.integer ?? 1
        let period = probe["periodSeconds"]?.integer ?? 10
        let threshold = probe["failureThreshold"]?.integer ?? 3
        let delay = probe["initialDelaySeconds"]?.integer ?? 0
        guard (0...240).contains(delay) else {
            throw APIError(.invalidArgument, "\(place).initial_delay_seconds: must be between 0 and 240.")
        }
        guard (1...240).contains(period), (1...240).contains(timeout), threshold >= 1 else {
            throw APIError(
                .invalidArgument, "\(place): period_seconds and timeout_seconds must be between 1 and 240.")
        }
        guard timeout <= period else {
            throw APIError(.invalidArgument, "\(place).timeout_seconds: must not be greater than period_seconds.")
        }
        // Checked by division: a huge threshold must not overflow the product.
        guard threshold <= 240 / period else {
            throw APIError(
                .invalidArgument, "\(place): failure_threshold times period_seconds must not exceed 240 seconds.")
        }
        let kinds = ["httpGet", "tcpSocket", "grpc"].filter { probe[$0] != nil }
        guard kinds.count == 1 else {
            throw APIError(.invalidArgument, "\(place): exactly one of http_get, tcp_socket and grpc should be set.")
        }
    }

    static func checkTraffic(_ service: JSONValue, id: String) throws(APIError) {
        var sum: Int64 = 0
        var tags: Set<String> = []
        for target in service["traffic"]?.array ?? [] {
            let percent = target["percent"]?.integer ?? 0
            guard (0...100).contains(percent) else {
                throw APIError(.invalidArgument, "spec.traffic.percent: must be between 0 and 100.")
            }
            sum += percent
            if target["type"]?.string == "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", target["revision"] == nil {
                throw APIError(.invalidArgument, "spec.traffic.revision: should be set for a target of this type.")
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
                throw APIError(.invalidArgument, "spec.traffic.tag: traffic tag '\(tag)' is given twice.")
            }
        }
        guard sum == 100 else {
            throw APIError(
                .invalidArgument,
                "spec.traffic: the percentages of all targets must add up to 100, but add up to \(sum).")
        }
    }

    private static func checkKeys(_ resource: JSONValue, place: String) throws(APIError) {
        for (field, isLabel) in [("labels", true), ("annotations", false)] {
            for (key, value) in resource[field]?.object ?? [:] {
                let prefix = key.split(separator: "/").first.map(String.init) ?? key
                if key.contains("/"), reservedPrefixes.contains(where: { prefix == $0 || prefix.hasSuffix("." + $0) }) {
                    throw APIError(.invalidArgument, "\(place).\(field): the key `\(key)` is reserved by the system.")
                }
                if isLabel, (value.string ?? "").count > 63 {
                    throw APIError(
                        .invalidArgument, "\(place).\(field): the value of `\(key)` is longer than 63 characters.")
                }
            }
        }
    }

    static func isLabel(_ text: String, maximum: Int) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= maximum else { return false }
        return (0x61...0x7A).contains(first) && last != 0x2D
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func isImage(_ text: String) -> Bool {
        // The local process runtime names an executable by its path, which fits the same characters.
        !text.isEmpty && text.utf8.count <= 1024 && !text.hasPrefix("-")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
