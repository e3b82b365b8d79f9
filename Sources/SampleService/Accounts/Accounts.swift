/// Accounts and sessions in memory; the oldest go when a list is full.
struct Accounts: Sendable {
    enum Registration: Sendable { case created, taken }
    enum SignIn: Sendable { case signedIn(AccountSession), wrong, locked(seconds: Int) }
    enum Refresh: Sendable { case renewed(AccountSession), reused, unknown }

    private static let capacity = 2000
    private static let failuresUntilLock = 8
    private static let lockSeconds = 30
    private static let sessionSeconds = 30 * 24 * 3600

    /// Who can sign in to a sample at once.
    private static let samples = ["ann", "ben", "cleo", "dan"]
    private static let samplePassword = "sample-password-1"

    private var accounts: [String: Account]
    private var names = Accounts.samples
    private(set) var sessions: [AccountSession] = []

    init() {
        accounts = Dictionary(
            Self.samples.map { ($0, Account(name: $0, password: Self.samplePassword)) }
        ) { first, _ in first }
    }

    mutating func register(_ name: String, password: String, with defect: AccountDefect?) -> Registration {
        let key = Self.key(name, defect)
        guard accounts[key] == nil || defect == .registerReplaces else { return .taken }
        if accounts[key] == nil { names.append(key) }
        accounts[key] = Account(name: name, password: password)
        if names.count > Self.capacity { accounts[names.removeFirst()] = nil }
        return .created
    }

    private static func key(_ name: String, _ defect: AccountDefect?) -> String {
        defect == .namesDifferInCase ? name : name.lowercased()
    }

    func knows(_ name: String) -> Bool { accounts[name.lowercased()] != nil }

    /// - Parameter defect: a rule that is left out on purpose.
    mutating func signIn(
        _ name: String, password: String, device: String, now: Int, with defect: AccountDefect?
    ) -> SignIn {
        let key = Self.key(name, defect)
        guard var account = accounts[key] else { return .wrong }
        if defect == .lockoutOfAll, accounts.values.contains(where: { $0.lockedUntil > now }) {
            return .locked(seconds: 1)
        }
        if account.lockedUntil > now, defect != .lockoutOff { return .locked(seconds: account.lockedUntil - now) }
        defer { accounts[key] = account }
        let failures = defect == .lockoutCountsForEver ? account.failuresEver : account.failures
        let most = defect == .lockoutTooEarly ? 5 : Self.failuresUntilLock
        if failures >= most { return .locked(seconds: Self.lockSeconds) }
        guard account.matches(password) || defect == .anyPassword else {
            account.failures += 1
            account.failuresEver += 1
            if account.failures >= Self.failuresUntilLock {
                account.lockedUntil = now + Self.lockSeconds
                account.failures = 0
            }
            return .wrong
        }
        account.failures = 0
        return .signedIn(open(account.name, device: device, now: now))
    }

    private mutating func open(_ user: String, device: String, now: Int) -> AccountSession {
        let session = AccountSession(
            id: RandomToken.make(), user: user, device: device, createdAt: now, refreshToken: RandomToken.make())
        sessions.append(session)
        if sessions.count > Self.capacity { sessions.removeFirst() }
        return session
    }

    /// A refresh token is for one use: whoever comes with a used one may have stolen it, so the session ends
    /// (RFC 9700 section 4.14.2).
    mutating func refresh(_ token: String, now: Int, with defect: AccountDefect?) -> Refresh {
        if let index = sessions.firstIndex(where: { $0.usedTokens.contains(token) }),
            defect != .refreshReusable
        {
            sessions[index].isRevoked = true
            return .reused
        }
        guard
            let index = sessions.firstIndex(where: { $0.refreshToken == token || $0.usedTokens.contains(token) }),
            !sessions[index].isRevoked || defect == .endedSessionRenewed,
            sessions[index].createdAt + Self.sessionSeconds > now
        else { return .unknown }
        if defect == .refreshNotRotated { return .renewed(sessions[index]) }
        sessions[index].usedTokens.insert(sessions[index].refreshToken)
        sessions[index].refreshToken = RandomToken.make()
        return .renewed(sessions[index])
    }

    func session(_ id: String) -> AccountSession? { sessions.first { $0.id == id } }

    func isLive(_ id: String) -> Bool { session(id).map { !$0.isRevoked } ?? false }

    func live(of user: String) -> [AccountSession] { sessions.filter { $0.user == user && !$0.isRevoked } }

    /// - Returns: whether there was one to end.
    @discardableResult
    mutating func end(_ id: String) -> Bool {
        guard let index = sessions.firstIndex(where: { $0.id == id && !$0.isRevoked }) else { return false }
        sessions[index].isRevoked = true
        return true
    }

    mutating func endAll(of user: String, except kept: String? = nil) {
        for index in sessions.indices where sessions[index].user == user && sessions[index].id != kept {
            sessions[index].isRevoked = true
        }
    }

    func matches(_ user: String, password: String) -> Bool { accounts[user.lowercased()]?.matches(password) ?? false }

    mutating func set(password: String, of user: String) { accounts[user.lowercased()]?.set(password: password) }
}
