import Crypto

/// Who may sign in.
struct Account: Sendable {
    /// As it was registered; two that differ in case alone are one.
    let name: String
    private var salt: [UInt8] = []
    private var digest: [UInt8] = []
    /// Wrong passwords since the last right one, and since ever.
    var failures = 0
    var failuresEver = 0
    /// Seconds; until then nobody signs in, not with the right password either.
    var lockedUntil = 0

    init(name: String, password: String) {
        self.name = name
        set(password: password)
    }

    mutating func set(password: String) {
        salt = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        digest = Self.digest(password, salt)
    }

    func matches(_ password: String) -> Bool {
        // Compares all bytes, whatever the first ones are.
        zip(Self.digest(password, salt), digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// One round is enough for accounts that end with the process; a real service takes a slow function.
    private static func digest(_ password: String, _ salt: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: salt + Array(password.utf8)))
    }
}

/// One sign-in, which lasts until it is signed out, replaced or too old.
struct AccountSession: Sendable {
    var id: String
    var user: String
    /// What the client calls itself, for the list of a user's own sessions.
    var device: String
    var createdAt: Int
    /// The one refresh token that is valid now; those before it were used.
    var refreshToken: String
    var usedTokens: Set<String> = []
    var isRevoked = false

    func json(current: String?) -> JSON {
        [
            "id": .string(id), "device": .string(device), "createdAt": .integer(createdAt),
            "current": .bool(id == current),
        ]
    }
}
