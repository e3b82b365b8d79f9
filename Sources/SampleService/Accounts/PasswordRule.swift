/// What a new password must be. Every rule that it breaks is told, so that nobody has to guess twice.
enum PasswordRule: String, CaseIterable, Sendable {
    case length, letter, digit, differsFromName = "differs-from-name", notCommon = "not-common"

    private static let lengths = 10...128
    private static let common: Set<String> = ["password123", "1234567890a", "qwertyuiop1", "letmein12345"]

    static func broken(by password: String, of user: String) -> [PasswordRule] {
        allCases.filter { !$0.holds(password, user) }
    }

    private func holds(_ password: String, _ user: String) -> Bool {
        switch self {
        case .length: Self.lengths.contains(password.utf8.count)
        case .letter: password.contains { $0.isLetter }
        case .digit: password.contains { $0.isNumber }
        case .differsFromName: !password.lowercased().contains(user.lowercased())
        case .notCommon: !Self.common.contains(password.lowercased())
        }
    }
}
