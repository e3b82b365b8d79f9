/// What was granted, in memory; the oldest go when a list is full.
struct Grants: Sendable {
    /// What a user allowed a client; all tokens of it end together.
    struct Grant: Sendable {
        var id: String
        var client: String
        var user: String
        var scope: [String]
    }

    struct Code: Sendable {
        var value: String
        var grant: Grant
        var redirect: String
        var challenge: CodeChallenge?
        var nonce: String?
        /// Seconds.
        var expiresAt: Int
        var isUsed = false
    }

    struct RefreshToken: Sendable {
        var value: String
        var grant: Grant
        var isUsed = false
    }

    static let codeSeconds = 60
    private static let capacity = 1000

    private var codes: [Code] = []
    private var refreshTokens: [RefreshToken] = []
    private var ended: Set<String> = []

    mutating func add(_ code: Code) {
        codes.append(code)
        if codes.count > Self.capacity { codes.removeFirst() }
    }

    /// The code, which is used up by that. One that comes again may be stolen: its grant ends (RFC 6749 section 4.1.2).
    mutating func take(_ value: String, now: Int, _ defect: OAuthDefect?) -> Code? {
        guard let index = codes.firstIndex(where: { $0.value == value }) else { return nil }
        if codes[index].isUsed, defect != .codeReusable {
            end(codes[index].grant.id)
            return nil
        }
        codes[index].isUsed = true
        return codes[index].expiresAt > now ? codes[index] : nil
    }

    mutating func makeRefreshToken(for grant: Grant) -> String {
        let token = RefreshToken(value: RandomToken.make(), grant: grant)
        refreshTokens.append(token)
        if refreshTokens.count > Self.capacity { refreshTokens.removeFirst() }
        return token.value
    }

    /// The grant of a refresh token that was not used before; a used one ends the grant.
    mutating func takeRefreshToken(_ value: String, _ defect: OAuthDefect?) -> Grant? {
        guard let index = refreshTokens.firstIndex(where: { $0.value == value }) else { return nil }
        let token = refreshTokens[index]
        if token.isUsed, defect != .refreshReusable {
            end(token.grant.id)
            return nil
        }
        refreshTokens[index].isUsed = true
        return isEnded(token.grant.id) ? nil : token.grant
    }

    func grant(ofRefreshToken value: String) -> Grant? {
        refreshTokens.first { $0.value == value && !$0.isUsed }?.grant
    }

    func isEnded(_ id: String) -> Bool { ended.contains(id) }

    mutating func end(_ id: String) {
        if ended.count >= Self.capacity { ended.removeFirst() }
        ended.insert(id)
    }
}
