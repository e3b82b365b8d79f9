import Transport

/// One call of an API, as a value: everything but who makes it and how it travels.
struct APICall: Sendable {
    var method: String
    var url: String
    var headers = HTTPHeaders()
    var body: [UInt8]?
    /// For each attempt.
    var timeout: Duration
    var isWrite: Bool
    /// Statuses besides 200…299 that are answers too.
    var accepts: Set<Int> = []
    var maximumBodyBytes = 16 << 20
    var acceptsCompression = false
    /// What a write counts against.
    var quota: WriteQuota?

    func repetition(after trouble: CallTrouble) -> RetryRule.Repetition {
        let rule = RetryRule(trouble)
        return isWrite ? rule.write : rule.read
    }
}
