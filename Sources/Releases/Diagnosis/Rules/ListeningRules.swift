import Configuration

/// A program that runs, and listens where the platform does not look. Its own start-up line says so.
enum ListeningRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule("listens-on-loopback", .named, [.judged { loopback($0, $1) }]) { seen in
            Explanation(
                "the program listens on \(seen.text(0)) only, which nothing outside its container reaches",
                fix: "listen on 0.0.0.0:$PORT (\(port(seen.symptoms)))", command: seen.logs)
        },
        DiagnosisRule("wrong-port", .named, [.judged { otherPort($0, $1) }]) { seen in
            Explanation(
                "the program listens on port \(seen.text(0)), and the service is configured for port "
                    + "\(port(seen.symptoms))",
                fix: "listen on $PORT, or set port: \(seen.text(0)) for \(seen.name)",
                command: "stagectl config show")
        },
    ]

    /// Where the platform looked: its own word for it, since the revision may be older than the configuration, or made by
    /// somebody else.
    private static func port(_ symptoms: Symptoms) -> Int {
        for statement in symptoms.statements {
            if let match = statement.firstMatch(of: /\bPORT=(\d{1,5})\b/), let port = Int(match.1) { return port }
        }
        return symptoms.service.container.port
    }

    /// What a line says of where a program listens.
    struct Address: Hashable, Sendable {
        var host: String?
        var port: Int
    }

    private static let words = [
        "listen", "running", "started", "serving", "server", "bound", "bind", "accepting", "ready", "url:",
        "network:",
    ]
    /// Something is called there, or fails there: not where the program itself listens.
    private static let others = [
        "connect", "refused", "error", "fail", "database", "redis", "postgres", "mysql", "mongo", "metrics", "admin",
        "debug", "profil", "grpc health",
    ]

    static func address(in line: String) -> Address? {
        let lower = line.lowercased()
        guard words.contains(where: lower.contains), !others.contains(where: lower.contains) else { return nil }
        if let match = line.firstMatch(
            of: /(?:^|[^0-9A-Za-z.])(localhost|\d{1,3}(?:\.\d{1,3}){3}|\[::1?\]|\*|0):(\d{2,5})(?![\d:.])/),
            let port = Int(match.2), (1...65535).contains(port)
        {
            return Address(host: String(match.1), port: port)
        }
        if let match = lower.firstMatch(of: /(?:\b|_)ports?\b(?:\(s\)|\(http\))?["']?[ :=]{1,3}(\d{2,5})(?!\d)/)
            ?? line.firstMatch(of: /[a-z]Port\b["']?[ :=]{1,3}(\d{2,5})(?!\d)/),
            let port = Int(match.1),
            (1...65535).contains(port)
        {
            return Address(host: nil, port: port)
        }
        guard let match = line.firstMatch(of: /(?:on|at) :(\d{2,5})(?!\d)/), let port = Int(match.1) else { return nil }
        return Address(host: nil, port: port)
    }

    private static func addresses(_ symptoms: Symptoms, _ texts: [LogText]) -> [(Address, String)] {
        // A program that has ended died of something else.
        let ended = texts.contains { $0.isPlatform && $0.text.hasPrefix("Container called exit(") }
        guard !ended, isUnreached(symptoms, texts) else { return [] }
        return texts.filter { !$0.isPlatform }.compactMap { text in address(in: text.text).map { ($0, text.text) } }
    }

    /// Only where the platform did not get through is it a cause.
    private static func isUnreached(_ symptoms: Symptoms, _ texts: [LogText]) -> Bool {
        symptoms.reasons.contains { $0 == "HEALTH_CHECK_CONTAINER_ERROR" || $0 == "PROGRESS_DEADLINE_EXCEEDED" }
            || texts.contains { $0.isPlatform && $0.text.contains("probe failed") }
    }

    private static func isLoopback(_ host: String?) -> Bool {
        host == "localhost" || host == "[::1]" || host?.hasPrefix("127.") ?? false
    }

    private static func loopback(_ symptoms: Symptoms, _ texts: [LogText]) -> Sighting.Match? {
        let port = port(symptoms)
        let all = addresses(symptoms, texts)
        guard !all.contains(where: { $0.0.port == port && !isLoopback($0.0.host) }),
            let (address, text) = all.last(where: { $0.0.port == port && isLoopback($0.0.host) })
        else { return nil }
        return Sighting.Match(text: text, captures: ["\(address.host ?? "localhost"):\(address.port)"])
    }

    private static func otherPort(_ symptoms: Symptoms, _ texts: [LogText]) -> Sighting.Match? {
        let port = port(symptoms)
        let all = addresses(symptoms, texts)
        // A port of the range that the system hands out (Linux: 32768 to 60999) was given to the program, not chosen.
        let chosen = all.filter { $0.0.port < 32_768 }
        guard !all.contains(where: { $0.0.port == port }), let (address, text) = chosen.last else { return nil }
        return Sighting.Match(text: text, captures: ["\(address.port)"])
    }
}
