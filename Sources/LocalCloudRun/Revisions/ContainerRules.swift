import JSON

/// What Cloud Run refuses in the containers and volumes of a template. Looks at them with their defaults filled in.
enum ContainerRules {
    private static let longestValue = 32_768
    static let reservedVariables: Set<String> = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]

    /// `place` is the template's.
    static func check(_ template: JSONValue, place: String) throws(APIError) {
        let containers = template["containers"]?.array ?? []
        guard !containers.isEmpty else {
            throw APIError(.invalidArgument, "\(place).containers: must contain at least one container.")
        }
        guard containers.filter({ !($0["ports"]?.array ?? []).isEmpty }).count == 1 else {
            throw APIError(
                .invalidArgument,
                "\(place).containers: Revision template should contain exactly one container with an exposed port.")
        }
        try checkNames(containers, place: "\(place).containers")
        try ScalingRules.check(template, place: place)
        let volumes = try VolumeRules.names(of: template, place: place)
        for (index, container) in containers.enumerated() {
            let place = "\(place).containers[\(index)]"
            try checkContainer(container, place: place)
            try ProbeRules.check(container, place: place)
            try VolumeRules.checkMounts(of: container, volumes: volumes, place: place)
        }
    }

    /// Several containers are told apart by their names, and start in an order that exists.
    static func checkNames(_ containers: [JSONValue], place: String) throws(APIError) {
        guard containers.count > 1 else { return }
        guard containers.count <= 10 else {
            throw APIError(.invalidArgument, "\(place): at most 10 containers are allowed.")
        }
        let names = containers.map { $0["name"]?.string ?? "" }
        for (index, name) in names.enumerated() {
            guard ServiceRules.isLabel(name, maximum: 63) else {
                throw APIError(
                    .invalidArgument, "\(place)[\(index)].name: must conform to RFC 1123, as a DNS label.")
            }
            guard !names[..<index].contains(name) else {
                throw APIError(.invalidArgument, "\(place): duplicate container names: `\(name)`.")
            }
            for needed in containers[index]["dependsOn"]?.array ?? [] {
                guard let needed = needed.string, needed != name, names.contains(needed) else {
                    throw APIError(
                        .invalidArgument,
                        "\(place)[\(index)].depends_on: another container `\(needed.string ?? "")` does not exist.")
                }
            }
        }
        guard StartOrder.of(containers) != nil else {
            throw APIError(.invalidArgument, "\(place): dependency cycle detected in depends_on.")
        }
    }

    static func checkContainer(
        _ container: JSONValue, place: String, reserved: Set<String> = reservedVariables
    ) throws(APIError) {
        let image = container["image"]?.string ?? ""
        guard !image.isEmpty else {
            throw APIError(.invalidArgument, "\(place).image: must provide an image name to deploy.")
        }
        guard isImage(image) else {
            throw APIError(
                .invalidArgument,
                "\(place).image: must be a container image path in the form [hostname/]repo-path[:tag and/or @digest]")
        }
        try checkVariables(container, place: place, reserved: reserved)
        try ScalingRules.checkLimits(of: container, place: place)
        let ports = container["ports"]?.array ?? []
        guard ports.count <= 1 else {
            throw APIError(.invalidArgument, "\(place).ports: ports should contain 0 or 1 port.")
        }
        for port in ports {
            guard let number = port["containerPort"]?.integer, (1...65_535).contains(number) else {
                throw APIError(
                    .invalidArgument, "\(place).ports[0].container_port: must be 0, or between 1 and 65535.")
            }
            guard ["http1", "h2c"].contains(port["name"]?.string ?? "http1") else {
                throw APIError(.invalidArgument, "\(place).ports[0].name: must be one of empty, 'http1' or 'h2c'.")
            }
        }
    }

    private static func checkVariables(
        _ container: JSONValue, place: String, reserved: Set<String>
    ) throws(APIError) {
        let names = (container["env"]?.array ?? []).map { $0["name"]?.string ?? "" }
        let taken = names.filter(reserved.contains)
        guard taken.isEmpty else {
            throw APIError(
                .invalidArgument,
                "The following reserved env names were provided: \(taken.joined(separator: ", ")). These values are automatically set by the system."
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
            let entry = container["env"]?[index] ?? [:]
            guard (entry["value"]?.string ?? "").utf8.count <= longestValue else {
                throw APIError(
                    .invalidArgument, "\(place).env[\(index)].value: length cannot exceed \(longestValue) bytes.")
            }
            guard entry["value"] == nil || entry["valueSource"] == nil else {
                throw APIError(
                    .invalidArgument, "\(place).env[\(index)]: only one of value and value_source may be set.")
            }
            if let source = entry["valueSource"], (source["secretKeyRef"]?["secret"]?.string ?? "").isEmpty {
                throw APIError(
                    .invalidArgument, "\(place).env[\(index)].value_source.secret_key_ref.secret: should be set.")
            }
        }
    }

    private static func isImage(_ text: String) -> Bool {
        guard text.utf8.count <= 1024, !text.hasPrefix("-"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return false
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return false }
        if parts.count == 2 {
            let digest = parts[1].split(separator: ":", omittingEmptySubsequences: false)
            guard digest.count == 2, !digest[0].isEmpty, digest[1].count >= 32, digest[1].allSatisfy(\.isHexDigit)
            else {
                return false
            }
        }
        let components = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        return components.enumerated().allSatisfy { index, component in
            // A host has a port and the last part a tag; nothing else has a colon.
            let colons = component.count { $0 == ":" }
            return !component.isEmpty && component.first != ":" && component.last != ":"
                && colons <= (index == 0 || index == components.count - 1 ? 1 : 0)
        }
    }
}
