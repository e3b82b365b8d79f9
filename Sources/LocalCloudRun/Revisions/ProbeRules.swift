import JSON

/// Which probes Cloud Run takes; they have their defaults filled in.
enum ProbeRules {
    /// `place` is the container's.
    static func check(_ container: JSONValue, place: String) throws(APIError) {
        if let probe = container["startupProbe"] {
            try check(
                probe, place: "\(place).startup_probe", longest: 240, kinds: ["httpGet", "tcpSocket", "grpc"])
            let period = probe["periodSeconds"]?.integer ?? 10
            // Checked by division: a huge threshold must not overflow the product.
            guard (probe["failureThreshold"]?.integer ?? 3) <= 240 / period else {
                throw APIError(
                    .invalidArgument,
                    "\(place).startup_probe: failure_threshold times period_seconds must not exceed 240 seconds.")
            }
        }
        for (field, name) in [("livenessProbe", "liveness_probe"), ("readinessProbe", "readiness_probe")] {
            guard let probe = container[field] else { continue }
            try check(probe, place: "\(place).\(name)", longest: 3600, kinds: ["httpGet", "grpc"])
        }
    }

    private static func check(
        _ probe: JSONValue, place: String, longest: Int64, kinds: [String]
    ) throws(APIError) {
        func number(_ field: String, _ name: String, _ standard: Int64, least: Int64) throws(APIError) -> Int64 {
            let value = probe[field]?.integer ?? standard
            guard (least...longest).contains(value) else {
                throw APIError(
                    .invalidArgument, "\(place).\(name) must be a number between \(least) and \(longest).")
            }
            return value
        }
        _ = try number("initialDelaySeconds", "initial_delay_seconds", 0, least: 0)
        let period = try number("periodSeconds", "period_seconds", 10, least: 1)
        let timeout = try number("timeoutSeconds", "timeout_seconds", 1, least: 1)
        guard timeout <= period else {
            throw APIError(.invalidArgument, "\(place).timeout_seconds: must not be greater than period_seconds.")
        }
        guard (probe["failureThreshold"]?.integer ?? 3) >= 1 else {
            throw APIError(.invalidArgument, "\(place).failure_threshold: Must be a positive number if set.")
        }
        let given = ["httpGet", "tcpSocket", "grpc"].filter { probe[$0] != nil }
        guard given.count == 1, kinds.contains(given[0]) else {
            let names = kinds.map { $0 == "httpGet" ? "http_get" : $0 == "tcpSocket" ? "tcp_socket" : $0 }
            let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
            throw APIError(
                .invalidArgument, "\(place): Exactly one probe action must be set, of \(list).")
        }
        guard let port = probe[given[0]]?["port"]?.integer, (1...65_535).contains(port) else {
            throw APIError(
                .invalidArgument, "\(place).port: if specified, must be between 1 and 65535; here it must be specified."
            )
        }
        if let path = probe["httpGet"]?["path"]?.string {
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw APIError(.invalidArgument, "\(place).http_get.path: must be an absolute path.")
            }
        }
        for header in probe["httpGet"]?["httpHeaders"]?.array ?? [] {
            let texts = [header["name"]?.string ?? "", header["value"]?.string ?? ""]
            guard !texts[0].isEmpty, texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }) else {
                throw APIError(
                    .invalidArgument,
                    "\(place).http_get.http_headers: a valid HTTP header must consist of alphanumeric characters.")
            }
        }
    }
}
