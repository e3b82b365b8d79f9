extension CheckKind {
    /// What a suite calls them: the key that makes a check one of its kind.
    package static let names = [
        "http", "ws", "routes", "sse", "stream", "load", "users", "rate_limit", "start", "cors", "tls", "dns",
        "command",
        "grpc", "container", "job", "runner",
    ]
}
